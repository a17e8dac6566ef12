// What follows from the state and the statements, worked out anew (sections 6 to 9), for the comparison of `facts`.

import { need, toHex, toNumber, word } from "./bytes.js";
import { dateOf } from "./form.js";
import { momentOf } from "./link.js";
import { RULES } from "./rules.js";
import { DISCLOSURES, STATUSES, onChain, readEvent } from "./statements.js";
import { numberText, textOf } from "./state.js";

const RESTORATION_MONTHS = 2;
const LAST_YEAR = 9999;
const MOST_CLOSED = 62;

const moment = (seconds) => (seconds === 0 ? null : momentOf(seconds));
const until = (seconds) => (seconds === 0 ? null : momentOf(seconds) ?? "forever");
const bytesOrNull = (value) => (value === 0n ? null : toHex(word(value)));
const character = (code) => (code === 0 ? null : textOf(Uint8Array.of(code)));

/**
 * Everything that is read from the chain about the subject, before anything is compared.
 *
 * @returns {object} `number`, `office`, `keys` (by account), and `record`, `anchor`, `days` or `entry`.
 */
export function readHeld(evidence, reader) {
  const { subject, statements } = evidence;
  const number = subject.kind === "claim" ? subject.earlier : subject.number;
  const code = number.slice(0, 2);
  const held = { number, record: null, anchor: null, entry: null, days: null, isSuspect: false };
  const accounts = new Set([...statements.map(({ signer }) => signer), ...evidence.accounts]);
  if (subject.kind === "entry") {
    held.entry = reader.entry(number);
  } else {
    reader.requireChosenRegistry();
    held.record = reader.record(number);
    held.anchor = readAnchor(statements[0], reader, code);
    if (held.record) {
      const { signingKey, reconfirmation } = held.record;
      accounts.add(signingKey);
      if (reconfirmation.reconfirmedAt !== 0) accounts.add(reconfirmation.signingKey);
      held.isSuspect = reader.isSuspect(code, held.record);
    }
    if (subject.kind === "claim") held.days = readDays(subject, held.record, reader);
  }
  held.office = reader.office(code);
  held.keys = [...accounts].sort().map((account) => {
    const key = reader.key(code, account);
    return subject.kind === "entry" ? { account, key, body: key ? null : reader.body(code, account) } : { account, key };
  });
  return held;
}

function readAnchor(statement, reader, code) {
  if (statement?.type !== "Anchor") return null;
  const registry = reader.contracts.applicationRegistries.find(({ address }) => address === statement.registry);
  if (!registry) return null;
  const bound = reader.anchor(registry, code, statement.sequence);
  const time = Number(BigInt.asUintN(40, bound));
  return { bound, time, isSuspect: reader.wasCompromised(code, statement.signer, time) };
}

/** The days of a claim (section 8). */
function readDays({ earlier, laterOffice, laterRight }, record, reader) {
  const months = periodOf(earlier.slice(3, 4), laterRight);
  const none = { months, lastDay: null, extendedFrom: null, restorableUntil: null, calendar: "not_asked" };
  if (record === null || months === 0) return none;
  const open = (date) => nextOpenDay(date, (year) => reader.calendar(laterOffice, year));
  const regular = addMonths(dateOf(record.filingDate), months);
  const { day, calendar } = open(regular);
  const restorableUntil = months === 12 ? open(addMonths(day, RESTORATION_MONTHS)).day : null;
  return { months, lastDay: day, extendedFrom: day === regular ? null : regular, restorableUntil, calendar };
}

function periodOf(earlier, later) {
  if ("PU".includes(earlier) && "PU".includes(later)) return 12;
  return ["TT", "DD", "UD"].includes(earlier + later) ? 6 : 0;
}

const DAY_MS = 86_400_000;
const parse = (date) => new Date(`${date}T00:00:00Z`);

function format(date) {
  need(date.getUTCFullYear() <= LAST_YEAR, "a day is after the year 9999");
  return date.toISOString().slice(0, 10);
}

/** So many months later, or the last day of that month where it has no such day. */
export function addMonths(date, months) {
  const day = parse(date);
  const first = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + months, 1));
  const length = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(day.getUTCDate(), length));
  return format(first);
}

/** The next day on which an office is open. */
export function nextOpenDay(date, calendarOf) {
  let day = parse(date);
  let year = day.getUTCFullYear();
  let isClosed = calendarOf(year);
  if (isClosed === null) return { day: date, calendar: "not_published" };
  const isClosedOn = () => isClosed((day - Date.UTC(year, 0, 1)) / DAY_MS + 1, (day.getUTCDay() + 6) % 7);
  const last = day.getTime() + MOST_CLOSED * DAY_MS;
  while (isClosedOn()) {
    need(day.getTime() < last, `more than ${MOST_CLOSED} days in a row are closed`);
    day = new Date(day.getTime() + DAY_MS);
    if (day.getUTCFullYear() === year) continue;
    year = day.getUTCFullYear();
    need(year <= LAST_YEAR, "an office is closed until after the year 9999");
    isClosed = calendarOf(year);
    if (isClosed === null) return { day: format(day), calendar: "incomplete" };
  }
  return { day: format(day), calendar: "published" };
}

/** The member `facts` of a bundle. */
export function factsOf(evidence, held, blockTime) {
  const status = officeStatus(held.office, blockTime);
  const common = { keys: held.keys.map(keyFacts), office: officeFacts(held.office, status) };
  const uncovered = ["none", "departed"].includes(status) ? "not_covered" : "not_found";
  if (evidence.subject.kind === "entry") {
    const entry = held.entry ? entryFacts(held.entry) : null;
    return { ...common, answer: entry ? "recorded" : uncovered, entry };
  }
  const { record, isSuspect } = held;
  const anchored = anchorFacts(evidence.statements[0], held.anchor);
  const facts = {
    ...common,
    answer: record ? STATUSES[record.status] : anchored ? "anchored" : uncovered,
    record: record && recordFacts(record, isSuspect),
    reconfirmation: record && reconfirmationFacts(record.reconfirmation),
    anchored,
  };
  return evidence.subject.kind === "claim" ? { ...facts, ...claimFacts(evidence.subject, held, uncovered) } : facts;
}

function officeStatus({ seat, departed, suspendedUntil }, blockTime) {
  if (toNumber(word(seat)) === 0n) return "none";
  if (departed) return "departed";
  return suspendedUntil > blockTime ? "suspended" : "active";
}

const officeFacts = (office, status) => ({
  code: office.code,
  status,
  seat: toNumber(word(office.seat)) === 0n ? null : office.seat,
  admittedAt: moment(office.admittedAt),
  suspendedUntil: until(office.suspendedUntil),
  earliestFilingDate: dateOf(office.earliestFilingDate),
  successor: office.successor,
});

function keyFacts({ account, key, body }) {
  const facts = {
    account,
    office: key && key.office,
    scopes: key && key.scopes,
    validFrom: key && moment(key.validFrom),
    validUntil: key && moment(key.validUntil),
    revokedAt: key && moment(key.revokedAt),
    compromisedSince: key && moment(key.compromisedSince),
    barredUntil: key && until(key.barredUntil),
  };
  if (body === undefined) return facts;
  const isThere = body !== null;
  const ofBody = isThere && { ...body, validFrom: moment(body.validFrom), validUntil: moment(body.validUntil) };
  return { ...facts, body: isThere ? ofBody : null };
}

function recordFacts(record, isSuspect) {
  const [status, disclosure] = [STATUSES[record.status], DISCLOSURES[record.disclosure]];
  need(status && disclosure, "the record has a status or a disclosure that there is not");
  return {
    filingDate: dateOf(record.filingDate),
    digest: record.digest,
    disclosure,
    recordedAt: momentOf(record.recordedAt),
    status,
    version: record.version,
    signingKey: record.signingKey,
    suspect: isSuspect,
    registry: record.registry,
  };
}

function reconfirmationFacts({ signingKey, reconfirmedAt, version }) {
  return reconfirmedAt === 0 ? null : { signingKey, reconfirmedAt: momentOf(reconfirmedAt), version };
}

function anchorFacts(statement, anchor) {
  return anchor && { sequence: statement.sequence, time: momentOf(anchor.time), suspect: anchor.isSuspect };
}

function claimFacts({ claimedDate, laterDate, digest }, { record, days, isSuspect }, uncovered) {
  const { months, lastDay, extendedFrom, restorableUntil, calendar } = days;
  const verdict = () => {
    if (record === null) return uncovered;
    const filed = dateOf(record.filingDate);
    if (isSuspect) return "signer_compromised";
    if (onChain(claimedDate) !== record.filingDate) return "date_mismatch";
    if (digest !== null && digest !== record.digest) return "digest_mismatch";
    if (months === 0) return "right_not_allowed";
    if (laterDate === filed) return "same_day";
    if (laterDate < filed) return "later_precedes_earlier";
    if (laterDate <= lastDay) return "valid";
    return restorableUntil !== null && laterDate <= restorableUntil ? "restorable" : "period_expired";
  };
  const found = verdict();
  return { verdict: found, rule: RULES[found], periodMonths: months, lastDay, extendedFrom, restorableUntil, calendar };
}

function entryFacts(entry) {
  const [, head, dossier, representation, holder, application, basis, parent, former, continuation] = entry.words;
  const bits = BigInt(entry.classes);
  return {
    state: character(entry.state),
    stage: character(entry.stage),
    status: entry.status,
    eventCount: entry.eventCount,
    filingDate: dateOf(entry.filingDate),
    registrationDate: dateOf(entry.registrationDate),
    expiryDate: dateOf(entry.expiryDate),
    ceasedOn: dateOf(entry.ceasedOn),
    terminatedBy: entry.terminatedBy || null,
    classes: Array.from({ length: 48 }, (_, n) => n).filter((n) => (bits >> BigInt(n)) & 1n),
    imported: (entry.marks & 1) !== 0,
    irregular: (entry.marks & 2) !== 0,
    head: bytesOrNull(head),
    dossier: bytesOrNull(dossier),
    representation: bytesOrNull(representation),
    holder: bytesOrNull(holder),
    application: numberText(application),
    basis: numberText(basis),
    parent: numberText(parent),
    former: numberText(former),
    continuation: numberText(continuation),
  };
}

/** What is stated of an event of an entry. */
export function eventFacts(statement) {
  const { words, hash } = readEvent(statement);
  const [, , system, code, resulting, status, eventDate, effectiveDate, publicationDate] = words;
  const day = (bytes) => dateOf(Number(toNumber(bytes)));
  return {
    hash: toHex(hash),
    system: textOf(system.subarray(0, 8)),
    code: textOf(code),
    state: character(resulting[0]),
    stage: character(resulting[1]),
    status: Number(toNumber(status)),
    eventDate: day(eventDate),
    effectiveDate: day(effectiveDate),
    publicationDate: day(publicationDate),
    signer: statement.signature === null ? null : statement.signer,
  };
}
