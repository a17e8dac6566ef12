// Keeps what the compiler answered, in `.cache/compiled`: this project takes it minutes, and set-up, brownie, forge and
// the explorer's export ask for the same. A kept answer is given again for the same sources and settings while every
// file that was read besides is as it was. Not its job: compiling.
'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');

const FOLDER = path.resolve(__dirname, '..', '..', '.cache', 'compiled');
/** A project as large as this one takes about 3 MB. */
const MOST_ANSWERS = 40;

function sha256(data) {
  return crypto.createHash('sha256').update(data).digest('hex');
}

/** JSON whose text does not depend on the order of members. */
function canonical(value) {
  const sorted = (_name, item) => (item !== null && typeof item === 'object' && !Array.isArray(item)
    ? Object.fromEntries(Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1)))
    : item);
  return JSON.stringify(value, sorted);
}

/** The single outputs that a selection names, as `[file, contract, output]`. */
function outputs(selection) {
  return Object.entries(selection).flatMap(([file, contracts]) => Object.entries(contracts)
    .flatMap(([contract, names]) => names.map((name) => [file, contract, name])));
}

/**
 * Whether a selection holds all that another one asks for. More is harmless: callers take what they know. The contract
 * name '' stands for the file as a whole, which `*` does not mean.
 */
function covers(kept, asked) {
  const all = outputs(kept);
  return outputs(asked).every(([file, contract, name]) => all.some(([inFile, inContract, has]) => (
    (inFile === '*' || inFile === file)
    && (inContract === contract || (inContract === '*' && contract !== ''))
    && (has === name || name.startsWith(`${has}.`)))));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A file holds a line of JSON, which files were read and what the answer hashes to, and then the answer. */
function load(file) {
  try {
    const data = zlib.gunzipSync(fs.readFileSync(file));
    const end = data.indexOf('\n');
    const head = JSON.parse(data.toString('utf8', 0, end));
    const answer = data.subarray(end + 1);
    return head.answer === sha256(answer) ? { ...head, text: answer.toString('utf8') } : undefined;
  } catch {
    // Damaged, or deleted by another process in this moment: the compiler knows the answer.
    return undefined;
  }
}

/** Deletes the answers that were asked for longest ago, and what an interrupted process left. */
function deleteOldest() {
  const files = fs.readdirSync(FOLDER).map((name) => path.join(FOLDER, name));
  const times = new Map(files.map((file) => [file, fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0]));
  files.sort((one, other) => times.get(other) - times.get(one));
  for (const file of files.slice(MOST_ANSWERS)) fs.rmSync(file, { force: true });
}

function store(file, head, text) {
  const data = zlib.gzipSync(`${JSON.stringify({ ...head, answer: sha256(text) })}\n${text}`, { level: 1 });
  const unfinished = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(FOLDER, { recursive: true });
    fs.writeFileSync(unfinished, data);
    fs.renameSync(unfinished, file);
    deleteOldest();
  } catch (error) {
    process.stderr.write(`solc: the answer is not kept: ${error.message}\n`);
  }
}

/**
 * Answers standard JSON input, by what was kept or by the compiler.
 *
 * @param {string} version version of the compiler
 * @param {string} text standard JSON input
 * @param {(unit: string) => {contents?: string, error?: string}} read finds a source unit that the input does not hold
 * @param {(read: Function) => string} compile runs the compiler on that input; gets what it reads from `read`
 * @returns {string} standard JSON output
 */
function answer(version, text, read, compile) {
  const input = parsed(text);
  // Texts of other places would not be part of the key; and what is no input at all the compiler refuses.
  const inline = Object.values(input?.sources ?? {}).map((source) => typeof source?.content === 'string');
  if (inline.length === 0 || inline.includes(false)) return compile(read);
  const { outputSelection: selection = {}, ...settings } = input.settings ?? {};
  const key = sha256(canonical([version, { ...input, settings }]));
  const names = fs.existsSync(FOLDER) ? fs.readdirSync(FOLDER).filter((name) => name.startsWith(`${key}-`)) : [];
  for (const name of names.filter((candidate) => candidate.endsWith('.gz'))) {
    const file = path.join(FOLDER, name);
    const kept = load(file);
    const same = ([unit, hash]) => {
      const { contents } = read(unit);
      return contents !== undefined && sha256(contents) === hash;
    };
    if (kept !== undefined && covers(kept.selection, selection) && Object.entries(kept.files).every(same)) {
      // For deleteOldest. It fails where another process has just deleted the file, which is as well.
      fs.utimes(file, new Date(), new Date(), () => {});
      return kept.text;
    }
  }
  const files = {};
  const output = compile((unit) => {
    const found = read(unit);
    files[unit] = found.contents === undefined ? undefined : sha256(found.contents);
    return found;
  });
  const failed = (JSON.parse(output).errors ?? []).some((error) => error.severity === 'error');
  if (!failed && !Object.values(files).includes(undefined)) {
    store(path.join(FOLDER, `${key}-${sha256(canonical(selection)).slice(0, 16)}.gz`), { selection, files }, output);
  }
  return output;
}

module.exports = { answer };
