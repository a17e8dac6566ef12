// A report on a page: the verdict, a line for each check, the facts in words. Every text of a file is set as text, never
// as markup, with the characters that nobody sees made visible.

import { examine, kindOf, readTrust, sha256, toHex } from "./verify.js";
import { WORDS } from "./words.js";

const PIECE = 4 * 1024 * 1024;
const MOST_BYTES = 16 * 1024 * 1024 + 1;
const TELLING_BYTES = 65536;
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00-\ufe0f]/u;
const LOOKS = { verified: "good", consistent: "care", refused: "bad" };
const MARKS = { passed: "good", failed: "bad", not_checked: "plain" };
const SIGNS = { passed: "✓", failed: "✗", not_checked: "–", verified: "✓", consistent: "≈", refused: "✗" };
const ASKED = ["number", "earlier", "claimedDate", "laterOffice", "laterRight", "laterDate", "digest"];
const BLOCK = ["number", "time", "hash"];
const CLAIM = ["verdict", "rule", "periodMonths", "lastDay", "extendedFrom", "restorableUntil", "calendar"];
const BESIDE = ["statements", "document", "timestamp", "credential"];
const IN_WORDS = new Set(["status", "disclosure", "verdict", "calendar"]);

/** An element with attributes and children; strings become text. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A text of somebody else, in an element of its own: its direction ends there, and what hides is shown as its code. */
export function shown(text) {
  const pieces = [...String(text)].map((character) => {
    if (!HIDDEN.test(character)) return character;
    const code = `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    return element("span", { class: "hidden-character" }, code);
  });
  return element("bdi", {}, ...pieces);
}

/** A text with places like {file}, and elements or texts for them. */
function filled(pattern, values) {
  return pattern.split(/\{(\w+)\}/).map((piece, i) => (i % 2 ? values[piece] : piece));
}

/** What a file is: `bundle`, `proof`, `chain`, or null. Only its beginning is read. */
export async function kindOfFile(file) {
  const start = new Uint8Array(await file.slice(0, TELLING_BYTES).arrayBuffer());
  const isChain = /"format"\s*:\s*"registrum-chain\//.test(new TextDecoder().decode(start));
  return kindOf(start) ?? (isChain ? "chain" : null);
}

async function digestOf(file) {
  const hash = sha256.create();
  for (let read = 0; read < file.size; read += PIECE) {
    hash.update(new Uint8Array(await file.slice(read, read + PIECE).arrayBuffer()));
  }
  return toHex(hash.digest());
}

const bytesOf = async (file) => new Uint8Array(await file.slice(0, MOST_BYTES).arrayBuffer());

/**
 * Where files are checked on a page. Files may come in any order; each new one has all checked again.
 *
 * @param {object} parts Elements: `status` (role=status), `outcome`, and the file inputs `trust` and `document`.
 * @param {Record<string, string>} words The names of `words.js` in another language; one that is not there is in English.
 */
export class Panel {
  #turn = 0;
  #evidence = null;

  constructor({ status, outcome, trust, document }, words = {}) {
    Object.assign(this, { status, outcome, trust, document, words: { ...WORDS, ...words } });
    for (const input of [trust, document]) input.addEventListener("change", () => this.#check());
  }

  /** Check a bundle or a proof file. */
  take(file) {
    this.#evidence = file;
    return this.#check();
  }

  async #check() {
    const turn = ++this.#turn;
    const evidence = this.#evidence;
    this.outcome.replaceChildren();
    if (evidence === null) {
      if (this.trust.files.length || this.document.files.length) this.#say("state-first");
      return;
    }
    this.#say("state-reading");
    let said;
    try {
      said = await this.#examine(evidence);
    } catch (error) {
      said = error instanceof DOMException ? ["state-unread", {}] : ["state-trust", this.#trustProblem(error)];
    }
    if (turn !== this.#turn) return;
    const [key, values, report] = said;
    if (report) this.outcome.replaceChildren(...render(report, this.words));
    this.#say(key, values);
  }

  async #examine(evidence) {
    const [trust] = this.trust.files;
    const [document] = this.document.files;
    const bytes = await bytesOf(evidence);
    if (kindOf(bytes) === null) return ["state-other", { file: shown(evidence.name) }];
    const options = {
      trust: trust ? readTrust(await bytesOf(trust)) : null,
      documentDigest: document ? await digestOf(document) : null,
    };
    const report = examine(bytes, options);
    return ["state-done", { file: shown(evidence.name), verdict: verdictOf(report, this.words) }, report];
  }

  #trustProblem(error) {
    return { file: shown(this.trust.files[0].name), reason: shown(error.message) };
  }

  #say(key, values = {}) {
    this.status.replaceChildren(...filled(this.words[key], values));
  }
}

/** The verdict in words, with what it does not cover beside it. */
function verdictOf({ verdict, checks }, words) {
  const open = checks.filter(({ name, status }) => status === "not_checked" && BESIDE.includes(name));
  const beside = open.map(({ name }) => words[`beside-${name}`]).join("; ");
  return words[`verdict-${verdict}`] + (beside && verdict !== "refused" ? ` (${beside})` : "");
}

/** The elements of a report. */
export function render(report, words) {
  const word = (key) => words[key];
  const { verdict, kind } = report;
  const says = word(`says-${verdict}${kind === "proof" && verdict === "consistent" ? "-proof" : ""}`);
  const answer = element(
    "div",
    { class: `answer ${LOOKS[verdict]}`, "data-verdict": verdict },
    element("span", { class: "sign", "aria-hidden": "true" }, SIGNS[verdict]),
    element("h2", {}, verdictOf(report, words)),
    element("p", {}, says),
  );
  const parts = [answer, section(word("checks-title"), "checks", checkList(report, words))];
  if (report.facts) parts.push(section(word("facts-title"), "stated", ...statedIn(report, words)));
  return parts;
}

function section(title, id, ...children) {
  const heading = `evidence-${id}`;
  return element("section", { class: "sheet", "aria-labelledby": heading }, element("h2", { id: heading }, title), ...children);
}

function checkList({ checks }, words) {
  const items = checks.map(({ name, status, rule, detail }) => {
    const mark = element("span", { class: `mark ${MARKS[status]}` }, `${SIGNS[status]} ${words[`status-${status}`]}`);
    const line = element("p", {}, mark, " ", words[`check-${name}`]);
    // Rules and reasons are of the description of the format, which is in English.
    const said = element("p", { class: "small quiet", lang: "en" }, rule);
    if (detail) said.append(": ", shown(detail));
    return element("li", { "data-check": name, "data-status": status }, line, said);
  });
  return element("ol", { class: "checks" }, ...items);
}

function statedIn({ kind, subject, block, history, facts }, words) {
  if (kind === "proof") {
    const { anchor, domain, ...rest } = facts;
    return [
      element("p", {}, words["answer-proof"]),
      ...group("proof", rest, words),
      ...group("anchor", anchor, words),
      ...group("domain", domain, words),
    ];
  }
  const claim = subject.kind === "claim" ? inOrder(facts, CLAIM) : null;
  const parts = [
    element("p", {}, words[`answer-${facts.answer}`]),
    ...notes(subject, facts, words),
    ...group(claim ? "input" : "subject", inOrder(subject, ASKED), words),
    ...group("block", inOrder(block, BLOCK), words),
  ];
  const named = { claim, record: facts.record, reconfirmation: facts.reconfirmation, anchored: facts.anchored, entry: facts.entry };
  for (const [name, value] of Object.entries(named)) parts.push(...group(name, value, words));
  (facts.events ?? []).forEach((event, i) => parts.push(...group("event", event, words, i + 1)));
  parts.push(...group("office", facts.office, words));
  facts.keys.forEach(({ body, ...key }, i) => {
    parts.push(...group("key", key.office === null ? { ...key, office: words["value-no_key"] } : key, words, i + 1));
    parts.push(...group("body", body, words));
  });
  if (history.length) parts.push(element("h3", {}, words["group-history"]), element("p", {}, words["note-history"]), told(history, words));
  return parts;
}

/** The events of a history, each with what it says in one line. */
function told(history, words) {
  const items = history.map(({ event, time, block, log, transaction, ...rest }) => {
    const said = Object.entries(rest).filter(([, value]) => value !== null);
    const parts = said.flatMap(([member, value]) => [` · ${words[`fact-${member}`]}: `, valueOf(member, value, words)]);
    const line = element("p", {}, valueOf("time", time, words), ` · ${words[`told-${event}`]}`, ...parts);
    const place = element("p", { class: "small quiet" }, `${words["group-block"]} ${block}, ${log} · `, shown(transaction));
    return element("li", {}, line, place);
  });
  return element("ol", { class: "history" }, ...items);
}

/** How far what is stated reaches, where that is not plain. */
function notes(subject, facts, words) {
  const made = [];
  if (facts.record?.version > 1) made.push(element("p", {}, words["note-versions"]));
  if (subject.kind === "claim") {
    const values = { ...subject, verdict: words[`value-${facts.verdict}`] };
    made.push(element("p", {}, ...filled(words["note-claim"], values)));
  }
  return made;
}

const inOrder = (facts, names) => Object.fromEntries(names.map((name) => [name, facts[name] ?? null]));

/** A heading and the facts below it that there are. */
function group(name, facts, words, count = "") {
  if (!facts) return [];
  const rows = Object.entries(facts)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([member, value]) => {
      const description = element("dd", {}, valueOf(member, value, words));
      return element("div", {}, element("dt", {}, words[`fact-${member}`]), description);
    });
  const title = filled(words[`group-${name}`], { count: String(count) }).join("");
  return [element("h3", {}, title), element("dl", { class: "facts" }, ...rows)];
}

function valueOf(member, value, words) {
  if (typeof value === "boolean") return words[value ? "value-yes" : "value-no"];
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "number") return String(value);
  if (member === "rule") return element("span", { lang: "en" }, `${value.text} (${value.source})`);
  if (member.endsWith("Until") && value === "forever") return words["value-forever"];
  if (IN_WORDS.has(member)) return words[`value-${value}`];
  if (/^\d{4}-\d{2}-\d{2}(T[\d:]{8}Z)?$/.test(value)) {
    return element("time", { datetime: value }, value.replace("T", " ").replace("Z", " UTC"));
  }
  return value.startsWith("0x") ? element("span", { class: "digest" }, value) : shown(value);
}
