// Bytes, hashes, RLP and signatures: what the checks of docs/evidence-format.md are made of. Nothing here knows of files.

import { ecdsa, weierstrass } from "@noble/curves/abstract/weierstrass.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

export { sha256 };

/** Why something is not as it should be; its message is shown to the reader. */
export class Refused extends Error {}

export function need(condition, message) {
  if (!condition) throw new Refused(message);
}

export const concat = (...parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
};

export const toHex = (bytes) => "0x" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Bytes of hexadecimal digits, whose form has been checked before. */
export const fromHex = (text) => Uint8Array.from(text.slice(2).match(/../g) ?? [], (pair) => parseInt(pair, 16));

export const ascii = (text) => new TextEncoder().encode(text);

/** Negative, zero or positive, as bytes come before, are the same, or come after others of the same length. */
export function compare(a, b) {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

export const same = (a, b) => compare(a, b) === 0;

export const toNumber = (bytes) => (bytes.length ? BigInt(toHex(bytes)) : 0n);

/** A number, or bytes, as 32 bytes with zeros before it. */
export function word(value) {
  const bytes = typeof value === "object" ? value : fromHex("0x" + BigInt(value).toString(16).padStart(64, "0"));
  need(bytes.length <= 32, "a value has more than 32 bytes");
  return concat(new Uint8Array(32 - bytes.length), bytes);
}

/** A text, or bytes, as 32 bytes with zeros after it. */
export function rightPadded(value) {
  const bytes = typeof value === "string" ? ascii(value) : value;
  need(bytes.length <= 32, "a text has more than 32 bytes");
  return concat(bytes, new Uint8Array(32 - bytes.length));
}

export const keccak = (...parts) => keccak_256(concat(...parts));

const MOST_LISTS = 16;

/** What RLP stands for: a Uint8Array, or an array of such values. Only the one spelling that the rules allow is read. */
export function decodeRlp(bytes) {
  const [value, end] = decodeAt(bytes, 0);
  need(end === bytes.length, "RLP is followed by more bytes");
  return value;
}

function decodeAt(bytes, start, lists = 0) {
  need(start < bytes.length, "RLP ends too early");
  need(lists <= MOST_LISTS, `RLP has an item in more than ${MOST_LISTS} lists`);
  const first = bytes[start];
  if (first < 0x80) return [bytes.subarray(start, start + 1), start + 1];
  const isList = first >= 0xc0;
  let [size, begin] = [first - (isList ? 0xc0 : 0x80), start + 1];
  if (size > 55) {
    const digits = bytes.subarray(begin, (begin += size - 55));
    need(digits.length === size - 55 && digits[0] !== 0, "a length in RLP has a leading zero or is cut off");
    size = Number(toNumber(digits));
    need(size > 55, "a length in RLP is longer than it has to be");
  }
  const end = begin + size;
  need(end <= bytes.length, "RLP ends too early");
  if (!isList) {
    need(size !== 1 || bytes[begin] >= 0x80, "one byte in RLP is written as two");
    return [bytes.subarray(begin, end), end];
  }
  const items = [];
  for (let place = begin; place < end; ) {
    const [item, next] = decodeAt(bytes.subarray(0, end), place, lists + 1);
    items.push(item);
    place = next;
  }
  return [items, end];
}

export function encodeRlp(value) {
  const isList = Array.isArray(value);
  if (!isList && value.length === 1 && value[0] < 0x80) return value;
  const content = isList ? concat(...value.map(encodeRlp)) : value;
  const base = isList ? 0xc0 : 0x80;
  if (content.length <= 55) return concat(Uint8Array.of(base + content.length), content);
  const digits = content.length.toString(16);
  const size = fromHex("0x" + digits.padStart(digits.length + (digits.length % 2), "0"));
  return concat(Uint8Array.of(base + 55 + size.length), size, content);
}

// The curve secp256k1 (SEC 2, section 2.4.1).
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const Point = weierstrass({
  p: 2n ** 256n - 2n ** 32n - 977n,
  n: ORDER,
  h: 1n,
  a: 0n,
  b: 7n,
  Gx: 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  Gy: 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
});
const { Signature } = ecdsa(Point, sha256);

/**
 * The address whose key signed a digest.
 *
 * @param {Uint8Array} digest 32 bytes.
 * @param {Uint8Array} signature r, s, v: 65 bytes.
 * @param {number} base What v is for the even point: 27 in statements, 0 in seals.
 */
export function recover(digest, signature, base) {
  need(signature.length === 65, "a signature has not 65 bytes");
  const [r, s] = [toNumber(signature.subarray(0, 32)), toNumber(signature.subarray(32, 64))];
  const parity = signature[64] - base;
  need(parity === 0 || parity === 1, `the last byte of a signature is neither ${base} nor ${base + 1}`);
  need(s <= ORDER / 2n, "s of a signature is in the upper half of the order");
  let key;
  try {
    key = new Signature(r, s, parity).recoverPublicKey(digest);
  } catch {
    throw new Refused("a signature is of no key");
  }
  return toHex(keccak(key.toBytes(false).subarray(1)).subarray(12));
}

/** The digest that a statement is signed by (EIP-712). */
export function signingDigest(domain, structHash) {
  const type = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
  const separator = keccak(
    keccak(ascii(type)),
    keccak(ascii(domain.name)),
    keccak(ascii("1")),
    word(domain.chainId),
    word(fromHex(domain.contract)),
  );
  return keccak(Uint8Array.of(0x19, 0x01), separator, structHash);
}

/** The hash of a struct (EIP-712), of its type's text and its members as words. */
export const structHash = (type, ...words) => keccak(keccak(ascii(type)), ...words);
