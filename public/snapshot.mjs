// Python as it is once its imports are done: a start copies that into memory instead of doing it all again. It is
// JavaScript because it works while there is no Python yet.
//
// The build makes it (tools/snapshot/make.mjs, which says how it is laid out), so nothing that a person wrote can be in it.
// Whatever is wrong with it, the page boots without, and says nothing.

const PAGE = 1 << 16; // in which WebAssembly counts its memory, in bytes

// Gives nothing where there is none, or no browser that unpacks it; else its bytes, and what is to be called with the
// instance of WebAssembly before anything of that runs. Rejects where it can't be had whole and undamaged.
export function find() {
  const { haltSnapshot } = globalThis;
  delete globalThis.haltSnapshot;
  return haltSnapshot?.then(({ problem, bytes, begins, combined, trampoline }) => {
    if (problem) throw new Error(problem);
    return { bytes, meet: (instance) => meet(instance, bytes, begins, combined, trampoline) };
  });
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
