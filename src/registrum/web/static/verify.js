// The page that verifies files. Evidence is checked here in the browser; of any other file the SHA-256 is looked up. No
// file is ever sent.

import { hashFile } from "./hashing.js";
import { Panel, kindOfFile } from "./vendor/verifier/verifier.js";

const part = (id) => document.getElementById(id);
const zone = part("drop");
const input = zone.querySelector("input[type=file]");
const bar = zone.querySelector("progress");
const state = part("hashing-state");
const field = part("sha256");
const section = part("evidence");
const panel = new Panel(
  {
    status: part("evidence-state"),
    outcome: part("evidence-outcome"),
    trust: part("evidence-trust"),
    document: part("evidence-document"),
  },
  JSON.parse(section.dataset.words),
);
let current = null;

async function take(file) {
  current?.abort();
  const mine = (current = new AbortController());
  try {
    const kind = await kindOfFile(file);
    if (mine.signal.aborted) return;
    const isEvidence = kind === "bundle" || kind === "proof";
    section.hidden = !isEvidence;
    if (isEvidence) {
      bar.hidden = true;
      state.textContent = "";
      // What an earlier file was found to be says nothing about this one.
      document.querySelectorAll("[data-of-lookup]").forEach((old) => old.remove());
      await panel.take(file);
      section.scrollIntoView({ block: "start" });
    } else {
      await lookUp(file, mine.signal);
    }
  } catch {
    if (mine.signal.aborted) return;
    bar.hidden = true;
    state.textContent = zone.dataset.failed;
  }
}

/** Hash a file, put its SHA-256 into the form, and send the form: never the file. */
async function lookUp(file, signal) {
  let told = -1;
  bar.hidden = false;
  bar.value = 0;
  const digest = await hashFile(file, zone.dataset.worker, {
    signal,
    onProgress: (done) => {
      bar.value = done;
      const tenth = Math.floor(done * 10) * 10;
      if (tenth !== told) state.textContent = zone.dataset.reading.replace("{percent}", tenth);
      told = tenth;
    },
  });
  state.textContent = zone.dataset.done;
  field.value = digest;
  field.form.requestSubmit();
}

const takeChosen = () => {
  if (input.files.length) take(input.files[0]);
};
input.addEventListener("change", takeChosen);
// A file that misses its place must not replace the page.
for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
zone.addEventListener("dragover", () => zone.classList.add("over"));
zone.addEventListener("dragleave", () => zone.classList.remove("over"));
zone.addEventListener("drop", (event) => {
  zone.classList.remove("over");
  const file = event.dataTransfer?.files[0];
  if (file) take(file);
});
// Chosen before this script was there.
takeChosen();
