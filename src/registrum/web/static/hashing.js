// SHA-256 of a file, piece by piece in a worker of its own. crypto.subtle is not there on plain http, and takes files
// only whole; this takes any size in little memory.

/**
 * Hash a file in a worker.
 *
 * @param {File} file What to hash.
 * @param {string} address Of the worker's module.
 * @param {{signal: AbortSignal, onProgress: (done: number) => void}} options `done` goes from 0 to 1.
 * @returns {Promise<string>} 64 hexadecimal digits; rejected where the file cannot be read, or the signal aborts.
 */
export function hashFile(file, address, { signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(address, { type: "module" });
    const end = (settle, value) => {
      worker.terminate();
      settle(value);
    };
    signal.addEventListener("abort", () => end(reject, signal.reason));
    worker.onerror = (event) => end(reject, event);
    worker.onmessage = ({ data }) => {
      if (data.digest) end(resolve, data.digest);
      else if (data.error) end(reject, new Error(data.error));
      else onProgress(file.size ? data.read / file.size : 1);
    };
    worker.postMessage(file);
  });
}
