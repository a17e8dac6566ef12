// The page that works from disk: files are chosen, or dropped together; what each is, is told by what is in it.

import { Panel, kindOfFile } from "./page.js";

const part = (id) => document.getElementById(id);
const inputs = { evidence: part("evidence"), trust: part("trust"), document: part("document") };
const zone = part("drop");
const panel = new Panel({ ...inputs, status: part("status"), outcome: part("outcome") });

part("form").hidden = false;
part("without-script").hidden = true;
inputs.evidence.addEventListener("change", () => {
  if (inputs.evidence.files.length) panel.take(inputs.evidence.files[0]);
});

// A file that misses its place must not replace the page.
for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
zone.addEventListener("dragover", () => zone.classList.add("over"));
zone.addEventListener("dragleave", () => zone.classList.remove("over"));
zone.addEventListener("drop", async (event) => {
  zone.classList.remove("over");
  const files = [...(event.dataTransfer?.files ?? [])];
  const kinds = await Promise.all(files.map(kindOfFile));
  // The evidence last, so that what it is compared with is there when it is checked.
  const places = { chain: inputs.trust, bundle: inputs.evidence, proof: inputs.evidence };
  const targets = files.map((file, i) => [places[kinds[i]] ?? (files.length === 1 ? inputs.evidence : inputs.document), file]);
  targets.sort(([a], [b]) => (a === inputs.evidence) - (b === inputs.evidence));
  for (const [input, file] of targets) {
    const carried = new DataTransfer();
    carried.items.add(file);
    input.files = carried.files;
    input.dispatchEvent(new Event("change"));
  }
});
