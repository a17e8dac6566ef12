// Why a block is one of the chain: headers, seals of validators, checkpoints of offices (sections 4 and 5).

import {
  decodeRlp, encodeRlp, fromHex, keccak, need, recover, rightPadded, same, signingDigest, structHash, toHex, toNumber, word,
} from "./bytes.js";
import { ascending } from "./form.js";

const CHECKPOINT = "Checkpoint(bytes2 office,bytes32 genesisHash,uint64 blockNumber,bytes32 blockHash)";
const EMPTY = new Uint8Array(0);
const NUMBER_BYTES = 6;
const MOST_VALIDATORS = 256;
const MOST_SEALS = 1024;

/** A header of a chain of some kind. Of a sealed chain it has `validators`, and `seals` that nobody has looked at. */
function readHeader(bytes, kind, name) {
  const items = decodeRlp(bytes);
  need(Array.isArray(items) && items.length >= 15, `${name} is not a list of at least 15 items`);
  need(!items.some(Array.isArray), `${name} has a list for an item`);
  const [parent, stateRoot, number, time, extra] = [0, 3, 8, 11, 12].map((place) => items[place]);
  need(parent.length === 32 && stateRoot.length === 32, `${name} has a hash that has not 32 bytes`);
  const header = { name, parent, stateRoot, number: integer(number, name), time: integer(time, name) };
  if (kind === "checkpoints") return { ...header, hash: toHex(keccak(bytes)) };
  const rest = (data) => keccak(encodeRlp([...items.slice(0, 12), encodeRlp(data), ...items.slice(13)]));
  return { ...header, ...readSeals(decodeRlp(extra), kind, name, rest) };
}

function integer(bytes, name) {
  need(bytes.length <= NUMBER_BYTES && bytes[0] !== 0, `${name} has a number with a leading zero, or of more than 6 bytes`);
  return Number(toNumber(bytes));
}

function readSeals(extra, kind, name, hashWith) {
  need(Array.isArray(extra) && extra.length === 5, `the extra data of ${name} has not five items`);
  const [vanity, validators, vote, round, seals] = extra;
  const isQbft = kind === "qbft";
  need(!Array.isArray(vanity) && vanity.length === 32, `the vanity of ${name} has not 32 bytes`);
  need(Array.isArray(validators) && validators.every((one) => one.length === 20), `${name} has no list of validators`);
  const isVote = vote.length > 0 ? Array.isArray(vote) : Array.isArray(vote) === isQbft;
  need(isVote, `the vote of ${name} is neither a list nor what stands for none`);
  const isRound = isQbft ? round.length <= NUMBER_BYTES && round[0] !== 0 : round.length === 4;
  need(!Array.isArray(round) && isRound, `the round of ${name} is malformed`);
  need(Array.isArray(seals) && seals.every((seal) => !Array.isArray(seal)), `${name} has no list of seals`);
  const accounts = validators.map(toHex);
  need(accounts.length > 0 && accounts.length <= MOST_VALIDATORS, `${name} has no validators, or more than ${MOST_VALIDATORS}`);
  ascending(accounts, `the validators of ${name}`);
  need(seals.length <= accounts.length, `${name} has ${seals.length} seals, and ${accounts.length} validators`);
  const parts = [vanity, validators, vote];
  const sealed = hashWith(isQbft ? [...parts, round, []] : [...parts, round]);
  return { validators: accounts, seals, sealed, hash: toHex(hashWith(isQbft ? [...parts, EMPTY, []] : parts)) };
}

/** Who sealed a header, in the order of the seals; each is one of its validators, and none is there twice. */
function sealersOf({ name, validators, seals, sealed }) {
  const known = new Set(validators);
  const sealers = seals.map((seal) => {
    const sealer = recover(sealed, seal, 0);
    need(known.has(sealer), `${name} has a seal of ${sealer}, who is none of its validators`);
    return sealer;
  });
  ascending(sealers, `the row of who sealed ${name}`);
  return sealers;
}

/** How many of n validators seal a block. */
const quorum = (n) => Math.ceil((2 * n) / 3);

/** What can be told of a step without recovering a signature. */
function checkStep(before, header, mayStay) {
  const now = new Set(header.validators);
  const changes = [...before].filter((one) => !now.has(one)).length + [...now].filter((one) => !before.has(one)).length;
  need(changes === 1 || (mayStay && changes === 0), `the validators of ${header.name} differ from the trusted ones by ${changes}`);
  const least = quorum(now.size);
  need(header.seals.length >= least, `${header.name} has ${header.seals.length} seals of ${least} that it needs`);
  return now;
}

/** Follows the validators to the tip; who sealed is looked at last. */
function checkSeals(tip, changes, validators) {
  const row = [...changes, tip];
  const count = row.reduce((sum, { seals }) => sum + seals.length, 0);
  need(count <= MOST_SEALS, `the headers have ${count} seals, more than ${MOST_SEALS}`);
  const sets = [new Set(validators)];
  for (const header of row) sets.push(checkStep(sets.at(-1), header, header === tip));
  row.forEach((header, i) => {
    const known = sealersOf(header).filter((one) => sets[i].has(one)).length;
    const least = Math.max(1, quorum(sets[i].size) - 1);
    need(known >= least, `${header.name} has ${known} seals of trusted validators of ${least} that it needs`);
  });
}

function checkCheckpoint(checkpoint, tip, chain) {
  const { signers, threshold } = chain.consensus;
  need(checkpoint.number === tip.number && checkpoint.hash === tip.hash, "the checkpoint is not of the last header");
  const domain = { name: "Registrum Checkpoint", chainId: chain.chainId, contract: chain.contracts.officeDirectory.address };
  for (const { office, signer, signature } of checkpoint.signatures) {
    const known = Object.hasOwn(signers, office) && signers[office].includes(signer);
    need(known, `${signer} is no signer of checkpoints of ${office}`);
    const members = [rightPadded(office), fromHex(chain.genesisHash), word(checkpoint.number), fromHex(checkpoint.hash)];
    const digest = signingDigest(domain, structHash(CHECKPOINT, ...members));
    need(recover(digest, fromHex(signature), 27) === signer, `the checkpoint's signature of ${office} is not by ${signer}`);
  }
  const count = checkpoint.signatures.length;
  need(count >= threshold, `the checkpoint has ${count} signatures of ${threshold} that it needs`);
}

/**
 * Checks the link of a bundle.
 *
 * @param {object} evidence Whose form has been checked.
 * @param {object} chain What is trusted; its `blocks` may name headers of the row.
 * @returns {{stateRoot: Uint8Array, time: number, why: string}} The state root and the time of the block.
 */
export function checkLink({ link, block }, chain) {
  const { kind } = chain.consensus;
  const read = (text, name, as = kind) => readHeader(fromHex(text), as, name);
  // Headers before the tip come in the form that is hashed, also where the chain is sealed.
  const last = link.descendants.length - 1;
  const header = read(link.header, "link.header", last < 0 ? kind : "checkpoints");
  need(header.number === block.number, "block.number is not that of the header");
  need(header.hash === block.hash, "block.hash is not that of the header");
  need(momentOf(header.time) === block.time, "block.time is not that of the header");
  const row = [header];
  link.descendants.forEach((text, i) => {
    const next = read(text, `link.descendants[${i}]`, i === last ? kind : "checkpoints");
    need(same(next.parent, fromHex(row[i].hash)), `${next.name} does not follow the header before it`);
    need(next.number === row[i].number + 1, `${next.name} has not the next number`);
    row.push(next);
  });
  const tip = row.at(-1);
  const changes = link.validatorChanges.map((text, i) => read(text, `link.validatorChanges[${i}]`));
  const { since } = chain.consensus;
  const pins = [...chain.blocks, ...(since ? [since] : [])];
  for (const { number, hash } of [...row, ...changes]) {
    const fits = pins.every((pin) => pin.number !== number || pin.hash === hash);
    need(fits, `block ${number} is not the one that is trusted under this number`);
  }
  const pinned = row.find(({ number }) => pins.some((pin) => pin.number === number));
  const state = { stateRoot: header.stateRoot, time: header.time };
  const byPin = () => ({ ...state, why: `block ${pinned.number} is one of those that you trust` });
  if (kind !== "checkpoints") {
    need(link.checkpoint === null, "link.checkpoint is there, and this chain has seals");
    [...changes, tip].reduce((before, one) => {
      need(one.number > before, `${one.name} is not in the order of numbers`);
      return one.number;
    }, -1);
    if (pinned) return byPin();
    const isCovered = tip.number >= since.number;
    need(isCovered, `block ${tip.number} is older than ${since.number}, whose validators are trusted, and not pinned`);
    checkSeals(tip, changes.filter(({ number }) => number > since.number), chain.consensus.validators);
    return { ...state, why: `block ${tip.number} is sealed by ${tip.seals.length} of ${tip.validators.length} validators` };
  }
  need(changes.length === 0, "link.validatorChanges is not empty, and this chain has no seals");
  if (link.checkpoint === null) {
    need(pinned !== undefined, "no checkpoint, and no header is one of the trusted blocks");
    return byPin();
  }
  checkCheckpoint(link.checkpoint, tip, chain);
  const offices = link.checkpoint.signatures.map(({ office }) => office);
  return { ...state, why: `block ${tip.number} is signed by ${offices.join(", ")}` };
}

/** Seconds since 1970 as `YYYY-MM-DDThh:mm:ssZ`; null after the year 9999. */
export function momentOf(seconds) {
  return seconds < 253402300800 ? new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z") : null;
}
