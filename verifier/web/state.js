// State of contracts, proven by nodes of Merkle-Patricia tries (section 6), and what the slots mean.

import { concat, decodeRlp, fromHex, keccak, need, rightPadded, toHex, toNumber, word } from "./bytes.js";
import { OFFICE_NUMBER } from "./form.js";

const EMPTY_TRIE = toHex(keccak(Uint8Array.of(0x80)));

/** The nodes of a bundle below one state root; it remembers which of them were needed. */
export class State {
  #nodes = new Map();
  #used = new Set();
  #accounts = new Map();

  constructor(nodes, stateRoot) {
    for (const text of nodes) {
      const bytes = fromHex(text);
      this.#nodes.set(toHex(keccak(bytes)), bytes);
    }
    this.stateRoot = stateRoot;
  }

  /** The word in a slot of a contract of the chain description. */
  slot(contract, slot) {
    const root = this.#storageRoot(contract);
    const found = root === EMPTY_TRIE ? null : this.#find(root, keccak(slot));
    if (found === null) return 0n;
    const value = decodeRlp(found);
    need(!Array.isArray(value) && value.length <= 32 && value[0] !== 0, "a slot holds no word");
    return toNumber(value);
  }

  /** Refuses nodes that nothing was read from. */
  requireAllUsed() {
    const unused = [...this.#nodes.keys()].filter((hash) => !this.#used.has(hash));
    need(unused.length === 0, `${unused.length} of ${this.#nodes.size} nodes are not needed, the first ${unused[0]}`);
  }

  #storageRoot({ address, codeHash }) {
    if (!this.#accounts.has(address)) {
      const found = this.#find(toHex(this.stateRoot), keccak(fromHex(address)));
      need(found !== null, `there is no account ${address}`);
      const items = decodeRlp(found);
      need(Array.isArray(items) && items.length === 4 && !items.some(Array.isArray), `the account ${address} is malformed`);
      need(toHex(items[3]) === codeHash, `the code at ${address} is not that of the chain description`);
      this.#accounts.set(address, toHex(items[2]));
    }
    return this.#accounts.get(address);
  }

  /** The value at a path below a root; null where the path ends nowhere. */
  #find(root, key) {
    const path = [...key].flatMap((byte) => [byte >> 4, byte & 15]);
    let node = this.#node(root);
    let place = 0;
    for (;;) {
      need(Array.isArray(node) && (node.length === 17 || node.length === 2), "a node of a trie has neither 17 items nor 2");
      let child;
      if (node.length === 17) {
        need(place < path.length, "a trie is deeper than its paths");
        child = node[path[place++]];
      } else {
        const { nibbles, isLeaf } = hexPrefix(node[0]);
        const agrees = nibbles.every((nibble, i) => path[place + i] === nibble);
        place += nibbles.length;
        if (isLeaf) {
          need(!Array.isArray(node[1]) && node[1].length > 0, "a leaf of a trie holds no bytes");
          return agrees && place === path.length ? node[1] : null;
        }
        need(nibbles.length > 0 && node[1].length > 0, "an extension of a trie leads nowhere");
        if (!agrees) return null;
        child = node[1];
      }
      if (Array.isArray(child)) node = child;
      else if (child.length === 0) return null;
      else node = this.#node(toHex(child));
    }
  }

  #node(hash) {
    const bytes = this.#nodes.get(hash);
    need(bytes !== undefined, `the node ${hash} is missing`);
    this.#used.add(hash);
    return decodeRlp(bytes);
  }
}

function hexPrefix(bytes) {
  need(!Array.isArray(bytes) && bytes.length > 0 && bytes[0] >> 4 <= 3, "the path of a node is malformed");
  const nibbles = [...bytes].flatMap((byte) => [byte >> 4, byte & 15]);
  const isOdd = (nibbles[0] & 1) === 1;
  need(isOdd || nibbles[1] === 0, "the path of a node is malformed");
  return { nibbles: nibbles.slice(isOdd ? 1 : 2), isLeaf: nibbles[0] >= 2 };
}

/** The slot of a key of a mapping at a slot, `further` words behind it. */
export const slotOf = (key, slot, further = 0n) => word(toNumber(keccak(key, word(slot))) + BigInt(further));

/** Fields of a word from its lowest bit. Those of up to 48 bits are numbers; addresses are texts. */
export function unpack(value, fields) {
  const found = {};
  for (const [name, bits] of Object.entries(fields)) {
    const part = BigInt.asUintN(bits, value);
    found[name] = bits === 160 ? toHex(word(part).subarray(12)) : Number(part);
    value >>= BigInt(bits);
  }
  return found;
}

/** A text that is padded with zeros on its right; all of its bytes where it is not printable ASCII. */
export function textOf(bytes) {
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const text = bytes.subarray(0, end);
  return text.every((byte) => byte >= 0x20 && byte <= 0x7e) ? String.fromCharCode(...text) : toHex(bytes);
}

/** An office number as its word and its text. */
export function numberWord(text) {
  const [office, right, ...rest] = text.split("/");
  return rightPadded(office + right + rest.join("/"));
}

export function numberText(value) {
  if (value === 0n) return null;
  const packed = textOf(word(value));
  const text = `${packed.slice(0, 2)}/${packed.slice(2, 3)}/${packed.slice(3)}`;
  need(OFFICE_NUMBER.test(text), `the number ${toHex(word(value))} on the chain is none`);
  return text;
}

const RECORD = { signingKey: 160, recordedAt: 40, filingDate: 32, version: 8, status: 8, disclosure: 8 };
const RECONFIRMATION = { signingKey: 160, reconfirmedAt: 40, version: 8 };
const SEAT = { seat: 160, admittedAt: 40, suspendedUntil: 40, departed: 8 };
const SUCCESSION = { replacementSeat: 160, replacementFrom: 40, successor: 16 };
const KEY = { scopes: 8, validFrom: 40, validUntil: 40, revokedAt: 40, compromisedSince: 40, barredUntil: 40 };
const BODY = { categories: 32, validFrom: 40, validUntil: 40, version: 16 };
const ENTRY = {
  state: 8, stage: 8, status: 8, marks: 8, eventCount: 16, terminatedBy: 16, filingDate: 32, registrationDate: 32,
  expiryDate: 32, ceasedOn: 32, classes: 48, ceasedBy: 16,
};
const MOST_SUCCESSORS = 8;
const NO_OFFICE = "\0\0";

/** Reads what contracts of a chain description hold. */
export class Reader {
  constructor(state, contracts) {
    this.state = state;
    this.contracts = contracts;
  }

  /** Refuses a description whose first registry is not the one that the offices have chosen. */
  requireChosenRegistry() {
    const { priorityRegister, applicationRegistries } = this.contracts;
    const { chosen } = unpack(this.state.slot(priorityRegister, word(6)), { chosen: 160 });
    need(
      chosen === applicationRegistries[0].address,
      `the offices have chosen the registry ${chosen}, which is not the first of the chain description: it is older than the block`,
    );
  }

  /** The record of a number, with the contract that holds it; null where none does. */
  record(number) {
    const slot = (place, further) => slotOf(numberWord(number), place, further);
    for (const registry of this.contracts.applicationRegistries) {
      const digest = toHex(word(this.state.slot(registry, slot(2, 0))));
      const record = unpack(this.state.slot(registry, slot(2, 1)), RECORD);
      if (record.version === 0) continue;
      const reconfirmation = unpack(this.state.slot(registry, slot(4, 0)), RECONFIRMATION);
      return { registry: registry.address, digest, ...record, reconfirmation };
    }
    return null;
  }

  /** The word that an anchor of an office left in a registry. */
  anchor(registry, office, sequence) {
    return this.state.slot(registry, slotOf(concat(rightPadded(office).subarray(0, 24), word(sequence).subarray(24)), 3));
  }

  #officeSlot(code, further) {
    return this.state.slot(this.contracts.officeDirectory, slotOf(rightPadded(code), 3, further));
  }

  office(code) {
    const office = unpack(this.#officeSlot(code, 0), SEAT);
    const { earliestFilingDate } = unpack(this.#officeSlot(code, 1), { earliestFilingDate: 32 });
    return { code, ...office, earliestFilingDate, successor: office.departed ? this.successor(code) : null };
  }

  successor(code) {
    const { successor } = unpack(this.#officeSlot(code, 4), SUCCESSION);
    const text = String.fromCharCode(successor >> 8, successor & 0xff);
    need(text === NO_OFFICE || /^[A-Z]{2}$/.test(text), `a successor is 0x${toHex(word(successor)).slice(-4)}, not two capital letters`);
    return text === NO_OFFICE ? null : text;
  }

  #ownKey(code, account) {
    const key = concat(rightPadded(code).subarray(0, 12), fromHex(account));
    return unpack(this.state.slot(this.contracts.officeDirectory, slotOf(key, 7)), KEY);
  }

  /** An office and those that came after it, each once. */
  *#row(code) {
    const seen = new Set();
    for (let office = code; office !== null && !seen.has(office); office = this.successor(office)) {
      seen.add(office);
      need(seen.size <= MOST_SUCCESSORS, `a row of successors has more than ${MOST_SUCCESSORS} offices`);
      yield office;
    }
  }

  /** The key that an account has of an office or of the first of its successors that knows it; null where none does. */
  key(code, account) {
    for (const office of this.#row(code)) {
      const key = this.#ownKey(office, account);
      if (key.scopes !== 0) return { office, ...key };
    }
    return null;
  }

  compromisedSince(code, account) {
    const own = this.#ownKey(code, account);
    if (own.scopes !== 0) return own.compromisedSince;
    const moments = [...this.#row(code)].map((office) => this.#ownKey(office, account).compromisedSince);
    const known = moments.filter((moment) => moment !== 0);
    return known.length ? Math.min(...known) : 0;
  }

  wasCompromised(code, account, moment) {
    const since = this.compromisedSince(code, account);
    return since !== 0 && since <= moment;
  }

  /** Whether the record was signed by a key that was compromised then, and no good key has confirmed it since. */
  isSuspect(code, record) {
    if (!this.wasCompromised(code, record.signingKey, record.recordedAt)) return false;
    const { signingKey, reconfirmedAt, version } = record.reconfirmation;
    const counts = reconfirmedAt !== 0 && (version === record.version || reconfirmedAt > record.recordedAt);
    return !counts || this.wasCompromised(code, signingKey, reconfirmedAt);
  }

  /** The closed days of an office in a year, as a function of day and weekday; null where there is no calendar. */
  calendar(code, year) {
    const outer = slotOf(rightPadded(code), 2);
    const slot = (further) => slotOf(word(year), toNumber(outer), further);
    const read = (further) => this.state.slot(this.contracts.priorityRegister, slot(further));
    const rest = read(1);
    const { weekly, version } = unpack(rest >> 112n, { weekly: 8, version: 16 });
    if (version === 0) return null;
    const exceptions = read(0) | (BigInt.asUintN(112, rest) << 256n);
    const bit = (bits, place) => (BigInt(bits) >> BigInt(place)) & 1n;
    return (day, weekday) => bit(weekly, weekday) !== bit(exceptions, day - 1);
  }

  /** The entry of a number; null where there is none. */
  entry(number) {
    const contract = this.contracts.rightsRegister;
    need(contract !== null, "the chain description names no rights register");
    const words = Array.from({ length: 10 }, (_, i) => this.state.slot(contract, slotOf(numberWord(number), 4, i)));
    const entry = unpack(words[0], ENTRY);
    return entry.eventCount === 0 && words[9] === 0n ? null : { ...entry, words };
  }

  /** What the office practice says of a body of an office; null where it says nothing. */
  body(code, account) {
    const outer = toNumber(slotOf(rightPadded(code), 2));
    const read = (further) => this.state.slot(this.contracts.officePractice, slotOf(word(fromHex(account)), outer, further));
    const [body, name] = [unpack(read(0), BODY), textOf(word(read(1)))];
    return body.version === 0 ? null : { name, ...body };
  }
}
