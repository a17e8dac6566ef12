// Checks evidence files (docs/evidence-format.md) and proof files of anchors (docs/proofs.md) by themselves: no network,
// no node, nothing of the programs that make them.
//
//   const report = examine(bytes, { trust, documentDigest });

import { checkSums, readArchive } from "./archive.js";
import { Refused, fromHex, need, sha256, toHex } from "./bytes.js";
import { canonical, parseAnyWriting, parseCanonical } from "./form.js";
import { eventFacts, factsOf, readHeld } from "./facts.js";
import { checkHistory } from "./history.js";
import { checkLink } from "./link.js";
import { checkProof, isProof } from "./proof.js";
import { checkChain, checkEvidence } from "./shapes.js";
import { checkEvents, checkRecordStatements } from "./statements.js";
import { Reader, State } from "./state.js";

export { Refused, fromHex, sha256, toHex };

const SECTIONS = {
  archive: "1", sums: "1", form: "1 to 4, 11 and 13", chain: "3", link: "4 and 5", state: "6", statements: "7 and 9", facts: "6 to 9",
  history: "13", document: "10", timestamp: "12", credential: "12",
};

/** What a file is by its first bytes: `bundle`, `proof`, or null for any other. */
export function kindOf(bytes) {
  if (toHex(bytes.subarray(0, 4)) === "0x504b0304") {
    return new TextDecoder().decode(bytes.subarray(30, 43)) === "evidence.json" ? "bundle" : null;
  }
  return isProof(bytes) ? "proof" : null;
}

/**
 * A chain description that the reader trusts.
 *
 * @throws {Refused} It is none.
 */
export function readTrust(bytes) {
  const chain = parseAnyWriting(bytes, "the chain description");
  checkChain(chain, "the chain description", { isInBundle: false });
  return chain;
}

/**
 * Checks a file.
 *
 * @param {Uint8Array} bytes The file.
 * @param {object} options
 * @param {object} [options.trust] A chain description, from `readTrust`.
 * @param {string} [options.documentDigest] SHA-256 of the document at hand, 0x and 64 lower-case digits.
 * @returns {object} `kind`, `verdict` (verified, consistent, refused), `checks` of `name`, `status`, `rule`, `detail`;
 *   of what was not refused also `subject`, `block`, `history`, `facts`.
 */
export function examine(bytes, { trust = null, documentDigest = null } = {}) {
  return kindOf(bytes) === "proof" ? checkProof(bytes, { trust, documentDigest }) : checkBundle(bytes, trust, documentDigest);
}

function checkBundle(bytes, trust, documentDigest) {
  const checks = [];
  const check = (name, run) => {
    const rule = `evidence-format.md, section ${SECTIONS[name]}`;
    try {
      checks.push({ name, status: "passed", rule, detail: "", ...run() });
    } catch (error) {
      checks.push({ name, status: "failed", rule, detail: error.message });
      throw new Refused(name);
    }
  };
  const report = { kind: "bundle", verdict: "refused", checks };
  let members, evidence, chain, block, held, facts;
  try {
    check("archive", () => void (members = readArchive(bytes)));
    check("sums", () => checkSums(members));
    check("form", () => {
      evidence = parseCanonical(members["evidence.json"], "evidence.json");
      checkEvidence(evidence);
      chain = parseCanonical(members["chain.json"], "chain.json");
      checkChain(chain, "chain.json", { isInBundle: true });
    });
    check("chain", () => {
      need(evidence.chain === toHex(sha256(members["chain.json"])), "chain is not the SHA-256 of chain.json");
      return compareChains(chain, trust);
    });
    check("link", () => {
      block = checkLink(evidence, trust ?? chain);
      return { detail: block.why };
    });
    check("state", () => {
      const state = new State(evidence.nodes, block.stateRoot);
      held = readHeld(evidence, new Reader(state, chain.contracts));
      facts = factsOf(evidence, held, block.time);
      state.requireAllUsed();
    });
    check("statements", () => {
      const { subject, statements } = evidence;
      if (subject.kind === "entry") return checkEvents(statements, chain, held);
      return checkRecordStatements(held.number, statements, chain, held);
    });
    check("facts", () => {
      if (evidence.subject.kind === "entry") facts = { ...facts, events: evidence.statements.map(eventFacts) };
      compareFacts(evidence.facts, facts);
    });
    check("history", () => checkHistory(evidence.history, facts, evidence.block));
    if (documentDigest !== null) check("document", () => compareDocument(documentDigest, held.record));
    if (members["timestamp.tsr"]) check("timestamp", () => notHere("time stamps"));
    if (members["credential.jwt"]) check("credential", () => notHere("credentials"));
  } catch (error) {
    if (checks.at(-1)?.status !== "failed") throw error;
    return report;
  }
  const isTrusted = checks.some(({ name, status }) => name === "chain" && status === "passed");
  const verdict = isTrusted ? "verified" : "consistent";
  return { ...report, verdict, subject: evidence.subject, block: evidence.block, history: evidence.history, facts };
}

function notHere(what) {
  return { status: "not_checked", detail: `${what} are not looked into here` };
}

function compareChains(chain, trust) {
  if (trust === null) return { status: "not_checked", detail: "no chain description of your own to compare with" };
  // Blocks, and of which block the validators are known, each verifier says for itself.
  const without = (description) => {
    const { validators, since, ...consensus } = description.consensus;
    return canonical({ ...description, blocks: [], consensus });
  };
  need(without(chain) === without(trust), `the chain is another: ${difference(JSON.parse(without(trust)), JSON.parse(without(chain)), "")}`);
  return {};
}

function compareFacts(stated, found) {
  need(canonical(stated) === canonical(found), `what follows is not what is stated: ${difference(found, stated, "facts")}`);
}

/** Where two values differ first. */
function difference(expected, given, at) {
  const isBoth = [expected, given].every((value) => value !== null && typeof value === "object");
  if (!isBoth) return `${at} should be ${canonical(expected ?? null)}`;
  for (const name of new Set([...Object.keys(expected), ...Object.keys(given)])) {
    const path = at ? `${at}.${name}` : name;
    if (!Object.hasOwn(given, name)) return `${path} is missing`;
    if (!Object.hasOwn(expected, name)) return `${path} should not be there`;
    if (canonical(expected[name]) !== canonical(given[name])) return difference(expected[name], given[name], path);
  }
  return `${at} is of another kind`;
}

function compareDocument(digest, record) {
  if (record === null) return { status: "not_checked", detail: "there is no record that a document could be compared with" };
  if (record.disclosure !== 0) return { status: "not_checked", detail: "the record is a salted commitment" };
  need(record.digest === digest, `SHA-256 of the document is ${digest}, that of the record ${record.digest}`);
  return {};
}
