// Proof files of anchors, `registrum-proof/1`, as far as they can be checked offline (docs/proofs.md).

import { ascii, concat, fromHex, keccak, need, recover, rightPadded, sha256, signingDigest, structHash, toHex, word } from "./bytes.js";
import { date, list, moment, nullable, object, officeCode, officeNumber, oneOf, parseAnyWriting, text, whole } from "./form.js";
import { leafOf, rootOf } from "./statements.js";
import { numberWord } from "./state.js";

const FORMAT = "registrum-proof/1";
const MOST_BYTES = 65536;
const TAG = ascii("registrum.commitment.v1");
const ANCHOR = "Anchor(bytes2 office,uint64 sequence,bytes32 root,uint40 leafCount)";
const hash = text(/^0x[0-9a-fA-F]{64}$/, "0x and 64 hexadecimal digits");
const account = text(/^0x[0-9a-fA-F]{40}$/, "0x and 40 hexadecimal digits");

const shape = object({
  format: oneOf(FORMAT),
  number: officeNumber,
  onChain: hash,
  filingDate: date,
  disclosure: oneOf("plain", "salted"),
  digest: hash,
  documentDigest: nullable(hash),
  salt: nullable(hash),
  leafIndex: whole(2 ** 40 - 1),
  path: list(hash, { most: 32 }),
  anchor: object({ office: officeCode, sequence: whole(), root: hash, leafCount: whole(2 ** 40 - 1) }),
  signature: text(/^0x(?:[0-9a-fA-F]{2})+$/, "bytes in hexadecimal digits"),
  signer: account,
  domain: object({ chainId: whole(), contract: account }),
  recordedAt: nullable(moment),
});

/** Whether bytes look like a proof file: an object of this format, whatever else is wrong with it. */
export function isProof(bytes) {
  const start = new TextDecoder().decode(bytes.subarray(0, 65536));
  return /^\s*\{/.test(start) && /"format"\s*:\s*"registrum-proof\//.test(start);
}

/** A report in the form of `examine`. Offline a proof is never proven: it is consistent, or refused. */
export function checkProof(bytes, { trust, documentDigest }) {
  const report = { kind: "proof", verdict: "refused", checks: [] };
  const check = (name, run) => {
    const entry = { name, status: "passed", rule: `proofs.md, ${name === "form" ? "The proof file" : "What is checked"}`, detail: "" };
    try {
      report.checks.push({ ...entry, ...run() });
    } catch (error) {
      report.checks.push({ ...entry, status: "failed", detail: error.message });
    }
  };
  let proof;
  check("form", () => {
    need(bytes.length <= MOST_BYTES, "the proof file has more than 64 KiB");
    const read = parseAnyWriting(bytes, "the proof file");
    shape(read, "");
    const { salt, documentDigest: opened, disclosure, signer } = read;
    need((salt === null) === (opened === null), "salt and documentDigest are there together or not at all");
    need(salt === null || disclosure === "salted", "a plain digest has no salt");
    need(signer === checksummed(signer), "signer is not in EIP-55 form");
    proof = read;
  });
  if (!proof) return report;
  const offline = (detail) => ({ status: "not_checked", detail });
  check("number", () => need(toHex(numberWord(proof.number)) === lower(proof.onChain), "onChain is not the number"));
  check("office", () => need(proof.anchor.office === proof.number.slice(0, 2), "the anchor is of another office"));
  check("commitment", () => checkCommitment(proof));
  check("document", () => checkDocument(proof, documentDigest));
  check("path_length", () => {
    const { leafIndex, path, anchor } = proof;
    need(leafIndex < anchor.leafCount, "the leaf's index is not in the tree");
    const steps = (2 * anchor.leafCount - 1 - leafIndex).toString(2).length - 1;
    need(path.length === steps, `the path has ${path.length} steps, and its index needs ${steps}`);
  });
  check("inclusion", () => {
    const leaf = leafOf(proof.number, { ...proof, digest: lower(proof.digest) });
    need(toHex(rootOf(leaf, proof.path.map(fromHex))) === lower(proof.anchor.root), "leaf and path do not lead to the root");
  });
  check("domain", () => checkDomain(proof.domain, trust));
  check("signature", () => checkSignature(proof));
  check("signer", () => offline("that the key is one of the office's is told by its chain, or by the office"));
  check("recorded", () => offline("needs a node of the chain"));
  check("not_compromised", () => offline("needs a node of the chain"));
  if (report.checks.some(({ status }) => status === "failed")) return report;
  const { number, filingDate, disclosure, digest, anchor, signer, domain, recordedAt } = proof;
  const facts = { number, filingDate, disclosure, digest, anchor, signer, domain, recordedAt };
  return { ...report, verdict: "consistent", subject: { kind: "proof", number }, facts };
}

const lower = (value) => value.toLowerCase();

/** An address in the form of EIP-55: capital letters where the hash of the small ones has a digit above 7. */
export function checksummed(address) {
  const digits = lower(address).slice(2);
  const hash = toHex(keccak(ascii(digits))).slice(2);
  return `0x${[...digits].map((digit, i) => (parseInt(hash[i], 16) > 7 ? digit.toUpperCase() : digit)).join("")}`;
}

function checkCommitment({ disclosure, salt, documentDigest, digest }) {
  if (disclosure === "plain") return { detail: "the digest is that of the document itself" };
  if (salt === null) return { status: "not_checked", detail: "the salt is withheld" };
  const commitment = sha256(concat(TAG, fromHex(salt), fromHex(documentDigest)));
  need(toHex(commitment) === lower(digest), "salt and document digest do not open the commitment");
  return {};
}

function checkDocument({ disclosure, documentDigest, digest }, given) {
  if (given === null) return { status: "not_checked", detail: "no document at hand" };
  const expected = disclosure === "plain" ? digest : documentDigest;
  if (expected === null) return { status: "not_checked", detail: "the salt is withheld" };
  need(lower(expected) === given, `SHA-256 of the document is ${given}, that of the leaf ${lower(expected)}`);
  return {};
}

function checkDomain({ chainId, contract }, trust) {
  if (trust === null) return { status: "not_checked", detail: "no chain description of your own to compare with" };
  need(chainId === trust.chainId, `the anchor is for chain ${chainId}`);
  const isKnown = trust.contracts.applicationRegistries.some(({ address }) => address === lower(contract));
  need(isKnown, `the anchor is for the contract ${contract}, which is not in the chain description`);
  return {};
}

function checkSignature({ anchor, domain, signature, signer }) {
  const bytes = fromHex(signature);
  if (bytes.length !== 65) return { status: "not_checked", detail: "of a contract wallet; only its chain can tell" };
  const { office, sequence, root, leafCount } = anchor;
  const digest = signingDigest(
    { name: "Registrum ApplicationRegistry", ...domain },
    structHash(ANCHOR, rightPadded(office), word(sequence), fromHex(root), word(leafCount)),
  );
  const found = recover(digest, bytes, 27);
  need(found === lower(signer), `the signature is by ${found}, not by ${signer}`);
  return {};
}
