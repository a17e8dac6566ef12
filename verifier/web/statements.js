// What offices signed: whether the signatures are theirs, and whether the statements lead to the state (7 and 9).

import {
  compare, fromHex, keccak, need, recover, rightPadded, same, signingDigest, structHash, toHex, toNumber, word,
} from "./bytes.js";
import { numberWord } from "./state.js";

const REGISTRATION = "Registration(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest)";
const BATCH = "RegistrationBatch(bytes2 office,Registration[] items)";
const ANCHOR = "Anchor(bytes2 office,uint64 sequence,bytes32 root,uint40 leafCount)";
const CORRECTION = "Correction(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest,uint8 replaces)";
const WITHDRAWAL = "Withdrawal(bytes32 number,uint8 replaces)";
const REINSTATEMENT = "Reinstatement(bytes32 number,uint8 replaces)";
const FACTS =
  "EntryFacts(uint16 changes,uint32 filingDate,uint32 registrationDate,uint32 expiryDate,uint64 classes," +
  "bytes32 dossier,bytes32 representation,bytes32 holder,uint8 relation,bytes32 related,uint64 released)";
const EVENT =
  "LegalStatusEvent(bytes32 number,bytes32 previous,bytes8 system,bytes32 code,bytes2 resulting,uint8 status," +
  "uint32 eventDate,uint32 effectiveDate,uint32 publicationDate,bytes32 document,uint16 corrects,uint16 flags," +
  "EntryFacts facts)";
const EVENT_BATCH = "EventBatch(bytes2 office,LegalStatusEvent[] events)";

export const STATUSES = { 1: "filed", 2: "corrected", 3: "withdrawn" };
export const DISCLOSURES = { 0: "plain", 1: "salted" };
const LAST_VERSION = 255;

// What keys may sign (section 6), as bits of their scopes.
const RECORDS = 1;
const EVENTS = 2 | 4;
const AHEAD_S = 14 * 3600;

/** A date as the contracts have it: 20240131. */
export const onChain = (date) => Number(date.replaceAll("-", ""));

const contentWords = ({ filingDate, disclosure, digest }) => [
  word(onChain(filingDate)),
  word(disclosure === "salted" ? 1 : 0),
  fromHex(digest),
];

/** The struct hash that is signed: of a batch, where the statement came in one. */
function hashInBatch(own, batch, office, type) {
  if (batch === null) return own;
  const hashes = batch.hashes.map(fromHex);
  hashes.splice(batch.position, 0, own);
  return structHash(type, rightPadded(office), keccak(...hashes));
}

function hashOfStatement(number, statement) {
  const [office, id] = [number.slice(0, 2), numberWord(number)];
  switch (statement.type) {
    case "Registration":
      return hashInBatch(structHash(REGISTRATION, id, ...contentWords(statement)), statement.batch, office, BATCH + REGISTRATION);
    case "Anchor": {
      const { sequence, root, leafCount } = statement;
      return structHash(ANCHOR, rightPadded(office), word(sequence), fromHex(root), word(leafCount));
    }
    case "Correction":
      return structHash(CORRECTION, id, ...contentWords(statement), word(statement.replaces));
    default:
      return structHash(statement.type === "Withdrawal" ? WITHDRAWAL : REINSTATEMENT, id, word(statement.replaces));
  }
}

/** Refuses a signature that is not by its signer, or by one who may not sign this; says whether there was one. */
function checkSignature({ signer, signature }, domain, hash, name, keys, scopes) {
  if (signature === null) return false;
  const { key, body } = keys.find(({ account }) => account === signer);
  need(key || body, `${name} is signed by ${signer}, who has no key of the office`);
  need(!key || (key.scopes & scopes) !== 0, `${name} is signed by ${signer}, whose key may not sign it`);
  const found = recover(signingDigest(domain, hash), fromHex(signature), 27);
  need(found === signer, `the signature of ${name} is by ${found}, not by ${signer}`);
  return true;
}

/** The leaf of a record in an anchor's tree. */
export const leafOf = (number, content) => keccak(keccak(numberWord(number), ...contentWords(content)));


export function rootOf(leaf, path) {
  return path.reduce((hash, step) => (compare(hash, step) < 0 ? keccak(hash, step) : keccak(step, hash)), leaf);
}

function checkAnchor(number, statement, { bound: held, time }) {
  const path = statement.path.map(fromHex);
  const [count, steps] = [statement.leafCount, path.length];
  need(count < 2 ** (steps + 1) && (steps === 0 || count > 2 ** (steps - 1)), "the path is too long or too short for the tree");
  need(toHex(rootOf(leafOf(number, statement), path)) === statement.root, "leaf and path do not lead to the anchor's root");
  const bound = keccak(fromHex(statement.root), word(statement.leafCount), word(fromHex(statement.signer)));
  need(held !== 0n && same(word(held).subarray(0, 27), bound.subarray(0, 27)), "the chain holds no such anchor");
  const isAhead = Date.parse(`${statement.filingDate}T00:00:00Z`) > (time + AHEAD_S) * 1000;
  need(!isAhead, "the filing date of the leaf is after the day of its anchor");
  need(toNumber(fromHex(statement.digest)) !== 0n, "the digest of the leaf is zero");
}

/**
 * The statements about a number, against the record that the chain holds.
 *
 * @returns {{status: string, detail: string}}
 */
export function checkRecordStatements(number, statements, chain, { record, anchor, keys }) {
  const count = statements.length;
  const most = record === null ? 1 : record.version === LAST_VERSION ? 0 : record.version;
  // Before any signature, each of which takes its time.
  need(count <= most, `there are ${count} statements, and the record is of version ${record?.version ?? 0}`);
  const unchecked = [];
  statements.forEach((statement, place) => {
    const name = `statements[${place}] (${statement.type})`;
    const isFirst = place === 0;
    const states = ["Registration", "Anchor"].includes(statement.type);
    need(isFirst === states, `${name} cannot be ${isFirst ? "the first" : "after the first"}`);
    if (!states) need(statement.replaces === place, `${name} does not replace version ${place}`);
    const isKnown = chain.contracts.applicationRegistries.some(({ address }) => address === statement.registry);
    need(isKnown, `${name} is for a registry that is not in the chain description`);
    if (statement.type === "Anchor") checkAnchor(number, statement, anchor);
    const domain = { name: "Registrum ApplicationRegistry", chainId: chain.chainId, contract: statement.registry };
    const hash = hashOfStatement(number, statement);
    if (!checkSignature(statement, domain, hash, name, keys, RECORDS)) unchecked.push(name);
  });
  if (record === null) {
    need(statements.every(({ type }) => type === "Anchor"), "there is a statement other than an anchor, and no record");
  } else if (record.version === LAST_VERSION) {
    return { status: "not_checked", detail: "the record is of version 255: its content is the chain's, without statements" };
  } else {
    checkLeadsToRecord(statements, record);
  }
  const { status, detail } = outcome(unchecked, count);
  const earlier = unchecked.length ? "nothing but signatures vouches for earlier ones" : "earlier ones are what keys of the office signed";
  return { status, detail: count > 1 ? `${detail}; the last content is the chain's, ${earlier}` : detail };
}

function checkLeadsToRecord(statements, record) {
  const count = statements.length;
  need(count === record.version, `there are ${count} statements, and the record is of version ${record.version}`);
  const last = statements.findLast(({ digest }) => digest !== undefined);
  need(last.digest === record.digest, "the digest of the record is not that of the last statement that states it");
  need(onChain(last.filingDate) === record.filingDate, "the filing date of the record is not that of its statements");
  need(last.disclosure === DISCLOSURES[record.disclosure], "the disclosure of the record is not that of its statements");
  need(last.signer === record.signingKey, "the signing key of the record is not that of the last statement of content");
  const status = statements.reduce((before, { type }) => {
    if (type === "Withdrawal") return "withdrawn";
    if (type === "Reinstatement") return "corrected";
    if (type === "Correction") return before === "withdrawn" ? before : "corrected";
    return "filed";
  }, "");
  need(status === STATUSES[record.status], `the statements lead to ${status}, and the record is ${STATUSES[record.status]}`);
}

function outcome(unchecked, count) {
  if (unchecked.length === 0) return { status: "passed", detail: `${count} signed` };
  return { status: "not_checked", detail: `no signature that could be checked: ${unchecked.join(", ")}` };
}

/** The words of an event and its struct hash, which is the head of its entry. */
export function readEvent(statement) {
  const bytes = fromHex(statement.words);
  const words = Array.from({ length: 23 }, (_, i) => bytes.subarray(32 * i, 32 * i + 32));
  const facts = structHash(FACTS, ...words.slice(12));
  return { words, hash: structHash(EVENT + FACTS, ...words.slice(0, 12), facts) };
}

/** The events of an entry, against its head and their count. */
export function checkEvents(statements, chain, { entry, keys }) {
  need(statements.length === (entry?.eventCount ?? 0), `there are ${statements.length} events, and the entry counts others`);
  const { rightsRegister } = chain.contracts;
  const domain = { name: "Registrum RightsRegister", chainId: chain.chainId, contract: rightsRegister.address };
  const unchecked = [];
  let head = new Uint8Array(32);
  statements.forEach((statement, place) => {
    const name = `statements[${place}]`;
    const { words, hash } = readEvent(statement);
    need(same(words[1], head), `${name} does not follow the event before it`);
    head = hash;
    const signed = hashInBatch(hash, statement.batch, words[0].subarray(0, 2), EVENT_BATCH + FACTS + EVENT);
    if (!checkSignature(statement, domain, signed, name, keys, EVENTS)) unchecked.push(name);
  });
  need(entry === null || toNumber(head) === entry.words[1], "the last event is not the head of the entry");
  return outcome(unchecked, statements.length);
}
