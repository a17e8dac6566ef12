#!/usr/bin/env node
// Makes the compiler of the npm package `solc` answer like the native command line program, as far as py-solc-x,
// brownie, forge, crytic-compile and gambit ask: --version, --help, --standard-json (imports read from disk),
// --combined-json and --ast-compact-json. Where NATIVE_SOLC names such a program, that one answers --standard-json.
// Answers are kept (kept.js). Not its job: choosing a version (one is pinned) or installing anything.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');

const kept = require('./kept.js');
const { version: VERSION } = require('solc/package.json');

const BANNER = 'solc, the solidity compiler commandline interface';
const HELP = `${BANNER}
Usage: solc [options] [input_file...]
  --version  --help  --standard-json  --combined-json  --ast-compact-json  --allow-paths  --base-path  --include-path
  --optimize  --optimize-runs  --evm-version  --via-ir  --metadata-hash  --output-dir  --overwrite
`;
const COMBINED_FIELDS = {
  abi: (contract) => contract.abi,
  asm: (contract) => contract.evm.assembly,
  bin: (contract) => contract.evm.bytecode.object,
  'bin-runtime': (contract) => contract.evm.deployedBytecode.object,
  srcmap: (contract) => contract.evm.bytecode.sourceMap ?? '',
  'srcmap-runtime': (contract) => contract.evm.deployedBytecode.sourceMap ?? '',
  hashes: (contract) => contract.evm.methodIdentifiers,
  devdoc: (contract) => contract.devdoc,
  userdoc: (contract) => contract.userdoc,
  metadata: (contract) => contract.metadata,
  'storage-layout': (contract) => contract.storageLayout,
};

/** Version text in the form of the native Linux program, e.g. `0.8.35+commit.47b9dedd.Linux.g++`. */
function longVersion() {
  return require('solc').version().replace('Emscripten.clang', 'Linux.g++');
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function parseArguments(argv) {
  const options = {
    basePath: process.cwd(), includePaths: [], sources: [], remappings: [], settings: { optimizer: { enabled: false } },
  };
  const queue = [...argv];
  while (queue.length > 0) {
    const argument = queue.shift();
    const equals = argument.indexOf('=');
    const isOption = argument.startsWith('-') && argument !== '-';
    const name = isOption && equals > 0 ? argument.slice(0, equals) : argument;
    const value = () => (isOption && equals > 0 ? argument.slice(equals + 1) : queue.shift());
    switch (name) {
      case '--version': case '-V': options.mode = 'version'; break;
      case '--help': case '-h': options.mode = 'help'; break;
      case '--standard-json': options.mode = 'standard-json'; break;
      case '--combined-json': options.mode = 'combined-json'; options.fields = value().split(','); break;
      case '--ast-compact-json': options.mode = 'ast'; break;
      case '--base-path': options.basePath = path.resolve(value()); break;
      case '--include-path': options.includePaths.push(path.resolve(value())); break;
      case '--optimize': options.settings.optimizer.enabled = true; break;
      case '--optimize-runs': options.settings.optimizer = { enabled: true, runs: Number(value()) }; break;
      case '--evm-version': options.settings.evmVersion = value(); break;
      case '--via-ir': options.settings.viaIR = true; break;
      case '--metadata-hash': options.settings.metadata = { bytecodeHash: value() }; break;
      case '--output-dir': case '-o': options.outputDir = value(); break;
      // Every file may be read (the caller is the developer), so the list of allowed folders changes nothing.
      case '--allow-paths': value(); break;
      case '--overwrite': case '--bin': case '--abi': break;
      default:
        if (isOption) fail(`solc (npm build): unknown option ${argument}`);
        else if (equals > 0) options.remappings.push(argument);
        else options.sources.push(argument);
    }
  }
  return options;
}

/** Finds source units on disk: their text, or only those files that have not changed since a time. */
function importReader({ basePath, includePaths }, unchangedSince = Infinity) {
  return (unit) => {
    const candidates = path.isAbsolute(unit)
      ? [unit]
      : [basePath, ...includePaths, process.cwd()].map((folder) => path.join(folder, unit));
    const file = candidates.find((candidate) => fs.existsSync(candidate));
    if (file === undefined) return { error: `File not found: ${unit}` };
    if (fs.statSync(file).mtimeMs >= unchangedSince) return { error: `File has changed: ${unit}` };
    return { contents: fs.readFileSync(file, 'utf8') };
  };
}

function standardJson(input, options) {
  const native = process.env.NATIVE_SOLC;
  if (!native) {
    const compile = (reading) => require('solc').compile(input, { import: reading });
    return kept.answer(VERSION, input, importReader(options), compile);
  }
  return kept.answer(VERSION, input, importReader(options, Date.now()), (reading) => {
    const output = execFileSync(native, process.argv.slice(2), {
      input, encoding: 'utf8', maxBuffer: Infinity, stdio: ['pipe', 'pipe', 'inherit'],
    });
    // Only now it says what it has read.
    const units = Object.keys(JSON.parse(output).sources ?? {});
    const given = units.length > 0 ? JSON.parse(input).sources : {};
    for (const unit of units) if (!(unit in given)) reading(unit);
    return output;
  });
}

/** process.stdout.write is asynchronous on pipes, and its rest is lost when the process exits: write it all now. */
function writeAll(text) {
  const data = Buffer.from(text);
  let offset = 0;
  while (offset < data.length) {
    try {
      offset += fs.writeSync(1, data, offset);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

function compileFiles(options) {
  if (options.sources.length === 0) fail('solc (npm build): no input files given');
  const sources = {};
  for (const file of options.sources) {
    sources[file === '-' ? '<stdin>' : file] = { content: fs.readFileSync(file === '-' ? 0 : file, 'utf8') };
  }
  const wanted = ['abi', 'metadata', 'devdoc', 'userdoc', 'storageLayout', 'evm'];
  const settings = {
    ...options.settings, remappings: options.remappings, outputSelection: { '*': { '*': wanted, '': ['ast'] } },
  };
  const input = JSON.stringify({ language: 'Solidity', sources, settings });
  const output = JSON.parse(standardJson(input, options));
  const errors = output.errors ?? [];
  for (const error of errors) process.stderr.write(`${error.formattedMessage ?? error.message}\n`);
  if (errors.some((error) => error.severity === 'error')) process.exit(1);
  return output;
}

function combinedJson(options) {
  const output = compileFiles(options);
  const result = { contracts: {}, sourceList: [], sources: {}, version: longVersion() };
  for (const [file, source] of Object.entries(output.sources)) {
    result.sourceList[source.id] = file;
    result.sources[file] = { AST: source.ast };
  }
  for (const [file, contracts] of Object.entries(output.contracts ?? {})) {
    for (const [name, contract] of Object.entries(contracts)) {
      const chosen = options.fields.filter((field) => field in COMBINED_FIELDS);
      result.contracts[`${file}:${name}`] = Object.fromEntries(
        chosen.map((field) => [field, COMBINED_FIELDS[field](contract)]),
      );
    }
  }
  writeAll(`${JSON.stringify(result)}\n`);
}

function syntaxTrees(options) {
  const output = compileFiles(options);
  if (options.outputDir !== undefined) fs.mkdirSync(options.outputDir, { recursive: true });
  for (const [file, source] of Object.entries(output.sources)) {
    const text = JSON.stringify(source.ast, null, 2);
    if (options.outputDir === undefined) writeAll(`\n======= ${file} =======\n${text}\n`);
    else fs.writeFileSync(path.join(options.outputDir, `${path.basename(file)}_json.ast`), text);
  }
}

function main() {
  const options = parseArguments(process.argv.slice(2));
  if (options.mode === 'help') {
    writeAll(HELP);
    return;
  }
  switch (options.mode) {
    case 'version':
      writeAll(`${BANNER}\nVersion: ${longVersion()}\n`);
      break;
    case 'combined-json': combinedJson(options); break;
    case 'ast': syntaxTrees(options); break;
    case 'standard-json': {
      writeAll(standardJson(fs.readFileSync(options.sources[0] ?? 0, 'utf8'), options));
      break;
    }
    default: compileFiles(options);
  }
}

main();
