// The form of JSON files: canonical writing (RFC 8785, as docs/evidence-format.md narrows it) and the shapes of values.

import { Refused, need } from "./bytes.js";

const DEEPEST = 32;
const MOST_CONTAINERS = 100_000;

/** The one way to write a value. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

/** The value of a canonical file. A member that is there twice shows when the value is written anew. */
export function parseCanonical(bytes, name) {
  const text = textOf(bytes, name);
  const value = parse(text, name);
  need(canonical(value) === text, `${name} is not canonical JSON`);
  checkPlain(value, name);
  return value;
}

/** Numbers are whole and texts printable, wherever they stand. */
function checkPlain(value, name) {
  if (typeof value === "number") whole()(value, `a number in ${name}`);
  if (typeof value === "string") need(/^[ -~]*$/.test(value), `${name} has a text that is not printable ASCII`);
  if (value === null || typeof value !== "object") return;
  for (const each of [...Object.keys(value), ...Object.values(value)]) checkPlain(each, name);
}

/** The value of a file in any order and with any white space; no member may be there twice, numbers are whole. */
export function parseAnyWriting(bytes, name) {
  const text = textOf(bytes, name);
  const value = parse(text, name);
  const open = [];
  let last = null;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]|[-\d][\w.+-]*/g)) {
    // A number that is read is the same however it was written, so its writing is looked at.
    if (/^[-\d]/.test(token)) need(/^\d+$/.test(token), `${name} has the number ${token}, which is not written as a whole one`);
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":") {
      const member = JSON.parse(last);
      need(!open.at(-1).has(member), `${name} has the member ${member} twice`);
      open.at(-1).add(member);
    }
    last = token;
  }
  return value;
}

function textOf(bytes, name) {
  const at = bytes.findIndex((byte) => byte > 0x7f);
  need(at < 0, `${name} is not ASCII`);
  return new TextDecoder().decode(bytes);
}

function parse(text, name) {
  const count = text.split(/[[{]/, MOST_CONTAINERS + 2).length - 1;
  need(count <= MOST_CONTAINERS, `${name} has more than ${MOST_CONTAINERS} lists and objects`);
  need(depthOf(text) <= DEEPEST, `${name} is nested more than ${DEEPEST} deep`);
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(`${name} is not JSON`);
  }
}

function depthOf(text) {
  let [depth, deepest, isInText] = [0, 0, false];
  for (let place = 0; place < text.length; place++) {
    const character = text[place];
    if (character === '"') isInText = !isInText;
    else if (isInText) place += character === "\\" ? 1 : 0;
    else if (character === "{" || character === "[") deepest = Math.max(deepest, ++depth);
    else if (character === "}" || character === "]") depth--;
  }
  return deepest;
}

// A shape is a function of a value and of where it stands; it returns nothing and refuses what it is not.

export const object = (members) => (value, at) => {
  need(value !== null && typeof value === "object" && !Array.isArray(value), `${at} is not an object`);
  for (const name of Object.keys(value)) need(Object.hasOwn(members, name), `${at} has an unknown member ${name}`);
  for (const [name, shape] of Object.entries(members)) {
    need(Object.hasOwn(value, name), `${at} lacks the member ${name}`);
    shape(value[name], at ? `${at}.${name}` : name);
  }
};

export const list = (shape, { least = 0, most = Infinity } = {}) => (value, at) => {
  need(Array.isArray(value), `${at} is not a list`);
  need(value.length >= least && value.length <= most, `${at} has ${value.length} items`);
  value.forEach((item, place) => shape(item, `${at}[${place}]`));
};

export const text = (pattern, what) => (value, at) => {
  need(typeof value === "string" && pattern.test(value), `${at} is not ${what}`);
};

export const nullable = (shape) => (value, at) => {
  if (value !== null) shape(value, at);
};

export const whole = (most = Number.MAX_SAFE_INTEGER, least = 0) => (value, at) => {
  need(Number.isSafeInteger(value) && value >= least && value <= most, `${at} is not a number from ${least} to ${most}`);
};

export const oneOf = (...values) => (value, at) => need(values.includes(value), `${at} is none of ${values.join(", ")}`);

export const bytes = (size) => text(new RegExp(`^0x[0-9a-f]{${2 * size}}$`), `${size} bytes in lower-case hexadecimal digits`);

export const bytesUpTo = (most) => {
  const shape = text(/^0x(?:[0-9a-f]{2})+$/, "bytes in lower-case hexadecimal digits");
  return (value, at) => {
    need(typeof value !== "string" || value.length <= 2 + 2 * most, `${at} has more than ${most} bytes`);
    shape(value, at);
  };
};

export const address = bytes(20);
export const hash = bytes(32);
export const officeCode = text(/^[A-Z]{2}$/, "an office: two capital letters");
export const right = text(/^[PUTDSG]$/, "a right: one of P, U, T, D, S, G");
export const OFFICE_NUMBER = /^[A-Z]{2}\/[PUTDSG]\/[0-9A-Z/.-]{1,29}$/;
export const officeNumber = text(OFFICE_NUMBER, "an office number");

export const date = (value, at) => {
  const isDate = typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && isReal(`${value}T00:00:00Z`);
  need(isDate && value >= "1800", `${at} is not a date YYYY-MM-DD of the years 1800 to 9999`);
};

/** A date of the chain, as 20240131; null where it is zero. */
export function dateOf(value, at = "a date on the chain") {
  if (value === 0) return null;
  const digits = String(value).padStart(8, "0");
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
  date(day, at);
  return day;
}

export const moment = (value, at) => {
  const isMoment = typeof value === "string" && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(value) && isReal(value);
  need(isMoment && value >= "1970", `${at} is not a moment YYYY-MM-DDThh:mm:ssZ from 1970 on`);
};

function isReal(text) {
  const read = new Date(text);
  return !Number.isNaN(read.getTime()) && read.toISOString() === text.replace("Z", ".000Z");
}

/** Refuses a list that does not ascend strictly. Texts in hexadecimal digits order as their bytes do. */
export function ascending(values, at) {
  values.forEach((value, place) => need(place === 0 || values[place - 1] < value, `${at} does not ascend`));
}
