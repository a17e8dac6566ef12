// The ZIP archive of a bundle, which has exactly one form (sections 1 and 12): it is read, written anew, and compared.

import { ascii, concat, need, sha256, same, toHex } from "./bytes.js";

const MEMBERS = ["evidence.json", "chain.json", "page.html", "page.pdf", "SHA256SUMS"];
const ATTACHED = ["timestamp.tsr", "credential.jwt"];
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_ATTACHED = 65536;
const DATE = 0x0021; // 1980-01-01

/** The members of a bundle by their names, with what is attached. */
export function readArchive(bytes) {
  need(bytes.length <= MOST_BYTES, "the file has more than 16 MiB");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const members = {};
  let place = 0;
  for (const name of [...MEMBERS, ...ATTACHED]) {
    const begin = place + 30 + name.length;
    const isFile = place + 30 <= bytes.length && view.getUint32(place, true) === 0x04034b50;
    const isThere = isFile && new TextDecoder().decode(bytes.subarray(place + 30, begin)) === name;
    if (!isThere && ATTACHED.includes(name)) continue;
    need(isThere, `no member ${name} in its place`);
    const size = view.getUint32(place + 18, true);
    need(begin + size <= bytes.length, `the member ${name} is cut off`);
    need(size <= MOST_ATTACHED || MEMBERS.includes(name), `the member ${name} has more than 64 KiB`);
    members[name] = bytes.subarray(begin, begin + size);
    const says = view.getUint32(place + 14, true);
    need(crc32(members[name]) === says, `the member ${name} was changed: it has another CRC-32 than byte ${place + 14} says`);
    place = begin + size;
  }
  const anew = writeArchive(members);
  const first = anew.findIndex((byte, index) => byte !== bytes[index]);
  const at = first < 0 ? anew.length : first;
  const part = at < place ? "a header" : "the directory";
  need(first < 0 && anew.length === bytes.length, `${part} of the archive was changed: it differs from its one form at byte ${at}`);
  return members;
}

function writeArchive(members) {
  const local = [];
  const central = [];
  let place = 0;
  for (const [name, content] of Object.entries(members)) {
    const common = [u16(20, 0, 0, 0, DATE), u32(crc32(content), content.length, content.length), u16(name.length, 0)];
    const part = concat(u32(0x04034b50), ...common, ascii(name), content);
    central.push(u32(0x02014b50), u16(20), ...common, u16(0, 0, 0), u32(0, place), ascii(name));
    local.push(part);
    place += part.length;
  }
  const directory = concat(...central);
  const count = local.length;
  return concat(...local, directory, u32(0x06054b50), u16(0, 0, count, count), u32(directory.length, place), u16(0));
}

/** The file of sums must be exactly the sums of the members before it. */
export function checkSums(members) {
  const lines = MEMBERS.slice(0, -1).map((name) => `${toHex(sha256(members[name])).slice(2)}  ${name}\n`);
  const given = new TextDecoder().decode(members.SHA256SUMS).split(/(?<=\n)/);
  lines.forEach((line, place) => need(given[place] === line, `SHA-256 of ${MEMBERS[place]} is not that of SHA256SUMS`));
  need(same(members.SHA256SUMS, ascii(lines.join(""))), "SHA256SUMS has more than its four lines");
}

const u16 = (...values) => littleEndian(values, 2);
const u32 = (...values) => littleEndian(values, 4);

function littleEndian(values, size) {
  return Uint8Array.from(values.flatMap((value) => Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 0xff)));
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, start) => {
  let value = start;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ CRC_TABLE[(sum ^ byte) & 0xff];
  return (sum ^ 0xffffffff) >>> 0;
}
