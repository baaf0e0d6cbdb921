// Python as it is once its imports are done: a start copies that into memory instead of doing it all again. It is
// JavaScript because it works while there is no Python yet.
//
// The build makes it (tools/snapshot/make.mjs, which says how it is laid out), so nothing that a person wrote can be in it.
// Whatever is wrong with it, the page boots without, and says nothing.

// Where it lies, beside the page; halt.html carries none.
const ADDRESS = document.documentElement.dataset.snapshotFile;

const PAGE = 1 << 16; // in which WebAssembly counts its memory, in bytes

// Gives nothing where there is none, or no browser that unpacks it; else what `unpack` gives.
export function find() {
  if (!ADDRESS || !globalThis.DecompressionStream) return undefined;
  return unpack(new URL(ADDRESS, import.meta.url));
}

// Fetches and unpacks it, each stretch to where it belongs. Rejects unless all of it is as it was packed, which gzip tells
// by a sum and the length. Python never begins with anything else: what damage makes of its memory may well be an endless loop.
async function unpack(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${address}`);
  const reader = response.body.pipeThrough(new DecompressionStream("gzip")).getReader();
  let piece = new Uint8Array();

  async function fill(target) {
    for (let filled = 0; filled < target.length;) {
      if (!piece.length) piece = (await reader.read()).value;
      if (!piece) throw new Error("The snapshot is too short.");
      const part = piece.subarray(0, target.length - filled);
      target.set(part, filled);
      filled += part.length;
      piece = piece.subarray(part.length);
    }
  }

  async function numbers(count) {
    const found = new Uint32Array(count);
    await fill(new Uint8Array(found.buffer));
    return found;
  }

  const [count] = await numbers(1);
  const [length, begins, combined, trampoline, ...places] = await numbers(count - 1);
  const bytes = new Uint8Array(length);
  for (let index = 0; index < places.length; index += 2) await fill(bytes.subarray(places[index], places[index + 1]));
  if (piece.length || !(await reader.read()).done) throw new Error("The snapshot is too long.");
  return { bytes, meet: (instance) => meet(instance, bytes, begins, combined, trampoline) };
}

// The snapshot meets the instance of WebAssembly that it is copied into, and nothing of which has run yet.
function meet({ exports: { memory } }, bytes, begins, combined, trampoline) {
  const more = bytes.length - begins - memory.buffer.byteLength;
  if (more > 0) memory.grow(Math.ceil(more / PAGE));
  // What WebAssembly brings is not in the file.
  const words = new Uint32Array(bytes.buffer, begins, combined / 4);
  const initial = new Uint32Array(memory.buffer, 0, words.length);
  for (let index = 0; index < words.length; index += 1) words[index] ^= initial[index];
  // Pyodide may give Python a function for its calls, depending on the browser, and says in its memory where. It does so
  // before it takes this part of the snapshot, and copies it over that memory at once.
  bytes.subarray = (...range) => {
    const own = new DataView(memory.buffer).getUint32(trampoline, true);
    new DataView(bytes.buffer).setUint32(begins + trampoline, own, true);
    return Uint8Array.prototype.subarray.apply(bytes, range);
  };
}
