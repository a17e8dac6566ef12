// The shapes of `evidence.json` and of chain descriptions (sections 2, 3, 4 and the statements of 7 and 9).

import { compare, fromHex, keccak, need, toNumber } from "./bytes.js";
import {
  address, ascending, bytes, bytesUpTo, date, dateOf, hash, list, moment, nullable, object, officeCode, officeNumber, oneOf, right, whole,
} from "./form.js";

const UINT40 = 2 ** 40 - 1;

// The bounds of section 11; that of the file is where archives are read.
const MOST = {
  headerBytes: 32768, headers: 1024, headersBytes: 2 ** 19, validators: 256, registries: 16, nodeBytes: 576, nodes: 2048, versions: 255, events: 512, steps: 40,
  signers: 256, accounts: 100, hashes: 599, allHashes: 16_384, history: 10_000,
};

const contract = object({ address, codeHash: hash });
const place = object({ number: whole(), hash });

export function checkChain(chain, at, { isInBundle }) {
  const blocks = list(place, { most: isInBundle ? 0 : Infinity });
  // First, so that nothing is worked on in a bundle that brings blocks of its own.
  if (isInBundle) blocks(chain?.blocks, `${at}.blocks`);
  object({
    format: oneOf("registrum-chain/1"),
    chainId: whole(undefined, 1),
    genesisHash: hash,
    consensus: checkConsensus,
    contracts: object({
      applicationRegistries: list(contract, { least: 1, most: MOST.registries }),
      officeDirectory: contract,
      priorityRegister: contract,
      rightsRegister: nullable(contract),
      officePractice: nullable(contract),
    }),
    blocks,
  })(chain, at);
  const registries = chain.contracts.applicationRegistries.map((one) => one.address);
  need(new Set(registries).size === registries.length, `${at}.contracts.applicationRegistries has one twice`);
  const { since } = chain.consensus;
  const isGenesis = since?.number !== 0 || since.hash === chain.genesisHash;
  need(isGenesis, `${at}.consensus.since has another hash of block 0 than genesisHash`);
  ascending(chain.blocks.map(({ number }) => number), `${at}.blocks`);
  const { rightsRegister, officePractice } = chain.contracts;
  need((rightsRegister === null) === (officePractice === null), `${at}.contracts has one of rightsRegister and officePractice`);
}

function checkConsensus(value, at) {
  if (value?.kind === "checkpoints") {
    object({ kind: oneOf("checkpoints"), threshold: whole(undefined, 1), signers: checkSigners })(value, at);
    need(value.threshold <= Object.keys(value.signers).length, `${at}.threshold is more than all offices`);
  } else {
    object({ kind: oneOf("qbft", "ibft2"), validators: list(address, { least: 1, most: MOST.validators }), since: place })(value, at);
    ascending(value.validators, `${at}.validators`);
  }
}

function checkSigners(value, at) {
  need(value !== null && typeof value === "object" && !Array.isArray(value), `${at} is not an object`);
  for (const [office, accounts] of Object.entries(value)) {
    officeCode(office, at);
    list(address, { least: 1 })(accounts, `${at}.${office}`);
    ascending(accounts, `${at}.${office}`);
  }
}

const SUBJECTS = {
  application: object({ kind: oneOf("application"), number: officeNumber }),
  claim: object({
    kind: oneOf("claim"),
    earlier: officeNumber,
    claimedDate: date,
    laterOffice: officeCode,
    laterRight: right,
    laterDate: date,
    digest: nullable(hash),
  }),
  entry: object({ kind: oneOf("entry"), number: officeNumber }),
};

const header = bytesUpTo(MOST.headerBytes);
const disclosure = oneOf("plain", "salted");
const replaces = whole(255);
const batch = nullable(object({ position: whole(), hashes: list(hash, { most: MOST.hashes }) }));
const content = { filingDate: date, disclosure, digest: hash };
const STATEMENTS = {
  Registration: { ...content, batch },
  Anchor: { ...content, path: list(hash, { most: MOST.steps }), sequence: whole(), root: hash, leafCount: whole(UINT40) },
  Correction: { ...content, replaces },
  Withdrawal: { replaces },
  Reinstatement: { replaces },
};
const signed = (type) => ({ type: oneOf(type), signer: address, signature: nullable(bytes(65)) });

// Sizes in bytes of what the words of an event hold: bytesN on the left (negative here), numbers on the right.
const WORDS = [32, 32, -8, 32, -2, 1, 4, 4, 4, 32, 2, 2, 2, 4, 4, 4, 8, 32, 32, 32, 1, 32, 8];

// Words that are dates, and those that are never zero: number, system, code.
const DATES = [6, 7, 8];
const STATED = [0, 2, 3];

function eventWords(value, at) {
  bytes(32 * WORDS.length)(value, at);
  const all = fromHex(value);
  WORDS.forEach((size, place) => {
    const word = all.subarray(32 * place, 32 * place + 32);
    const rest = size < 0 ? word.subarray(-size) : word.subarray(0, 32 - size);
    need(rest.every((byte) => byte === 0), `word ${place} of ${at} is not of its type`);
    if (DATES.includes(place)) dateOf(Number(toNumber(word)), `word ${place} of ${at}`);
    if (STATED.includes(place)) need(toNumber(word) !== 0n, `word ${place} of ${at} is zero`);
  });
}

const event = object({ ...signed("LegalStatusEvent"), batch, words: eventWords });

function applicationStatement(value, at) {
  const type = value?.type;
  need(typeof type === "string" && Object.hasOwn(STATEMENTS, type), `${at}.type is none of this subject`);
  object({ ...signed(type), registry: address, ...STATEMENTS[type] })(value, at);
}

const VERSIONS = {
  chain: oneOf("registrum-chain/1"),
  domains: object({
    "Registrum ApplicationRegistry": oneOf("1"),
    "Registrum Checkpoint": oneOf("1"),
    "Registrum RightsRegister": oneOf("1"),
  }),
  rules: oneOf("registrum-priority/1"),
  storage: oneOf("registrum-storage/1"),
};

const until = { suspendedUntil: nullable((value, at) => void (value === "forever" || moment(value, at))) };
const firstDate = { earliestFilingDate: nullable(date) };
const account = { account: address };
const HISTORY = {
  OfficeAdmitted: { seat: address, ...firstDate },
  SeatChanged: { seat: address },
  EarliestFilingDateChanged: firstDate,
  OfficeSuspended: until,
  OfficeReinstated: {},
  OfficeDeparted: {},
  SuccessorNamed: { successor: officeCode },
  KeyAdded: { ...account, scopes: whole(255), validFrom: nullable(moment), validUntil: nullable(moment) },
  KeyRevoked: account,
  KeyCompromised: { ...account, compromisedSince: nullable(moment) },
  KeySuspended: { ...account, ...until },
  KeyReinstated: account,
};

function historyRow(value, at) {
  const event = value?.event;
  need(typeof event === "string" && Object.hasOwn(HISTORY, event), `${at}.event is none that a history has`);
  const where = { block: whole(), log: whole(), time: moment, transaction: hash, office: officeCode };
  object({ ...where, event: oneOf(event), ...HISTORY[event] })(value, at);
}

export function checkEvidence(evidence) {
  const kind = evidence?.subject?.kind;
  need(typeof kind === "string" && Object.hasOwn(SUBJECTS, kind), "subject.kind is none of application, claim, entry");
  object({
    format: oneOf("registrum-evidence/1"),
    versions: object(VERSIONS),
    chain: hash,
    subject: SUBJECTS[kind],
    block: object({ number: whole(), hash, time: moment }),
    link: object({
      header,
      descendants: list(header, { most: MOST.headers }),
      validatorChanges: list(header, { most: MOST.headers }),
      checkpoint: nullable(
        object({
          number: whole(),
          hash,
          signatures: list(object({ office: officeCode, signer: address, signature: bytes(65) })),
        }),
      ),
    }),
    nodes: list(bytesUpTo(MOST.nodeBytes), { most: MOST.nodes }),
    statements: kind === "entry" ? list(event, { most: MOST.events }) : list(applicationStatement, { most: MOST.versions }),
    accounts: list(address, { most: MOST.accounts }),
    history: list(historyRow, { most: MOST.history }),
    facts: (value, at) => need(value !== null && typeof value === "object" && !Array.isArray(value), `${at} is not an object`),
  })(evidence, "");
  const batches = evidence.statements.map((one) => one.batch ?? null).filter((one) => one !== null);
  for (const { position, hashes } of batches) need(position <= hashes.length, "the position in a batch is behind its end");
  const count = batches.reduce((sum, { hashes }) => sum + hashes.length, 0);
  need(count <= MOST.allHashes, `the batches have ${count} hashes, more than ${MOST.allHashes}`);
  const signers = new Set(evidence.statements.map(({ signer }) => signer)).size;
  need(signers <= MOST.signers, `the statements have ${signers} signers, more than ${MOST.signers}`);
  ascending(evidence.link.checkpoint?.signatures.map(({ office }) => office) ?? [], "the row of offices that signed the checkpoint");
  const { header: first, descendants, validatorChanges } = evidence.link;
  const size = [first, ...descendants, ...validatorChanges].reduce((sum, text) => sum + (text.length - 2) / 2, 0);
  need(size <= MOST.headersBytes, `the headers of link have more than ${MOST.headersBytes} bytes`);
  evidence.history.forEach(({ block, log }, i, rows) => {
    const before = rows[i - 1];
    need(i === 0 || before.block < block || (before.block === block && before.log < log), `history[${i}] is not in its order`);
  });
  evidence.accounts.forEach((each, i, row) => need(i === 0 || row[i - 1] < each, `accounts[${i}] is not in its order`));
  const hashes = evidence.nodes.map((node) => keccak(fromHex(node)));
  hashes.forEach((each, i) => need(i === 0 || compare(hashes[i - 1], each) < 0, `nodes[${i}] is not in the order of hashes`));
}
