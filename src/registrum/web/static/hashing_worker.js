// The worker of hashing.js: reads the file that it is sent as a stream, and answers with progress and its SHA-256.

import { sha256 } from "./vendor/noble-hashes/sha2.js";
import { bytesToHex } from "./vendor/noble-hashes/utils.js";

const PIECE = 4 * 1024 * 1024;
const TELL_MS = 100;

self.onmessage = async ({ data: file }) => {
  try {
    const hash = sha256.create();
    let told = 0;
    // Slices and not file.stream(): the pieces of a stream are small, and each costs a turn of the event loop.
    for (let read = 0; read < file.size; read += PIECE) {
      hash.update(new Uint8Array(await file.slice(read, read + PIECE).arrayBuffer()));
      if (performance.now() - told > TELL_MS) {
        told = performance.now();
        self.postMessage({ read: Math.min(read + PIECE, file.size) });
      }
    }
    self.postMessage({ digest: bytesToHex(hash.digest()) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
