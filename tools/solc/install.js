#!/usr/bin/env node
// Fills .cache/bin (chain nodes, forge) and .cache/solc (the compiler under the name that py-solc-x expects).
// The compiler is a launcher of tools/solc/solc.js, which uses a native solc of the pinned version when the machine has
// one, else the npm build: then the version text is baked in, because py-solc-x asks for it many times a run.
// usage: node tools/solc/install.js
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync } = require('node:child_process');

const ROOT = path.resolve(__dirname, '..', '..');
const BIN = path.join(ROOT, '.cache', 'bin');
const COMPILERS = path.join(ROOT, '.cache', 'solc');

function versionText(program) {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 20000 });
  } catch {
    // Not a program of this machine, or none that answers: then it is no candidate.
    return '';
  }
}

/** Path of an installed native compiler whose version and commit equal those of the npm build, if there is one. */
function nativeCompiler(short, identity) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => path.resolve(folder) !== BIN);
  const candidates = [
    ...folders.map((folder) => path.join(folder, 'solc')),
    path.join(os.homedir(), '.solcx', `solc-v${short}`),
    path.join(os.homedir(), '.svm', short, `solc-${short}`),
    path.join(os.homedir(), '.local', 'share', 'svm', short, `solc-${short}`),
    path.join(os.homedir(), 'Library', 'Application Support', 'svm', short, `solc-${short}`),
  ];
  return candidates.find((file) => fs.existsSync(file) && versionText(file).includes(`Version: ${identity}.`));
}

function link(target, file) {
  fs.rmSync(file, { force: true });
  fs.symlinkSync(target, file);
}

/** The platform package holds the real program; the launcher of the main package hides its exit status. */
function platformBinary(tool) {
  const name = `@foundry-rs/${tool}-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const file = path.join(ROOT, 'node_modules', ...name.split('/'), 'bin', tool);
  if (!fs.existsSync(file)) throw new Error(`${name} is not installed: there is no ${tool} for this machine`);
  return file;
}

function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function main() {
  const compiler = require('solc');
  const short = require('solc/package.json').version;
  const identity = compiler.version().replace('.Emscripten.clang', '');
  fs.mkdirSync(BIN, { recursive: true });
  fs.rmSync(COMPILERS, { recursive: true, force: true });
  fs.mkdirSync(COMPILERS, { recursive: true });

  const executable = path.join(COMPILERS, `solc-v${short}`);
  const native = nativeCompiler(short, identity);
  const answer = `solc, the solidity compiler commandline interface\nVersion: ${identity}.Linux.g++\n`;
  const wrapper = `exec node ${quote(path.join(__dirname, 'solc.js'))} "$@"`;
  const launcher = native === undefined
    ? [`[ "$*" = --version ] && { printf %s ${quote(answer)}; exit 0; }`, wrapper]
    : [
      `case " $* " in *" --standard-json "*) NATIVE_SOLC=${quote(native)} ${wrapper} ;; esac`,
      `exec ${quote(native)} "$@"`,
    ];
  fs.writeFileSync(executable, ['#!/bin/sh', ...launcher, ''].join('\n'), { mode: 0o755 });
  link(executable, path.join(BIN, 'solc'));
  for (const tool of ['anvil', 'forge']) link(platformBinary(tool), path.join(BIN, tool));
  link(path.join(ROOT, 'node_modules', '.bin', 'ganache'), path.join(BIN, 'ganache'));
  process.stdout.write(`solc ${identity} (${native ?? 'npm build'})\n`);
}

main();
