// Checks a file from the command line and prints the report as JSON:
//
//   node verifier/web/run.mjs FILE [--trust CHAIN.json] [--document DOCUMENT]
//   node verifier/web/run.mjs --vectors INDEX.json      all files of a list, each line a report
//
// Ends with 0 where nothing failed, 1 where something did, 2 where it was asked wrongly.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

import { examine, readTrust, sha256, toHex } from "./verify.js";

const read = (file) => new Uint8Array(readFileSync(file));

function reportOf(file, trust, document) {
  return examine(read(file), {
    trust: trust ? readTrust(read(trust)) : null,
    documentDigest: document ? toHex(sha256(read(document))) : null,
  });
}

function run() {
  const options = { trust: { type: "string" }, document: { type: "string" }, vectors: { type: "string" } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const { trust, document, vectors } = values;
  if (positionals.length !== (vectors ? 0 : 1)) throw new Error("name one file");
  if (vectors) {
    const at = (name) => name && join(dirname(vectors), name);
    for (const vector of JSON.parse(readFileSync(vectors, "utf8"))) {
      console.log(JSON.stringify(reportOf(at(vector.file), at(vector.trust), at(vector.document))));
    }
    return 0;
  }
  const report = reportOf(positionals[0], trust, document);
  console.log(JSON.stringify(report, null, 1));
  return report.verdict === "refused" ? 1 : 0;
}

try {
  process.exitCode = run();
} catch (error) {
  console.error(`${error.message}\nusage: run.mjs FILE [--trust CHAIN.json] [--document DOCUMENT]`);
  process.exitCode = 2;
}
