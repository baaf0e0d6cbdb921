// Unpacks the snapshot of Python's memory for one page (early.js begins it), and ends. It is JavaScript because there is no
// Python yet, and a worker because the page has enough to do meanwhile.

addEventListener("message", async ({ data: name }) => {
  try {
    const unpacked = await unpack(new URL(name, location));
    postMessage(unpacked, [unpacked.bytes.buffer]);
  } catch (error) {
    postMessage({ problem: error.message });
  }
  close();
}, { once: true });

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
  return { bytes, begins, combined, trampoline };
}
