// Python as it is once its imports are done, kept in the browser's cache: the next visit copies it into memory instead
// of doing all that again. It is JavaScript because it works while there is no Python yet.
//
// A snapshot is made after the first visit of a build, by a worker with an interpreter of its own (snapshot_worker.mjs),
// so nothing that a person wrote can be in it. Whatever is wrong with one, the page boots without, and says nothing.

const PREFIX = `halt-snapshot ${new URL("./", import.meta.url).pathname} `;
const CACHE = PREFIX + document.documentElement.dataset.build;
const ENTRY = new URL("snapshot", import.meta.url).href;
// Once the page is usable and has been left alone by its person and its replies for a while.
const MAKE_AFTER_MS = 3_000;
// Says of which build this tab has kept a snapshot. WebKit's private windows lose with each reload what is in a cache:
// there every visit would make one in vain.
const NOTE = "halt.snapshot";
// So much of what the browser grants has to stay free.
const SPARE_BYTES = 200e6;
// All pages on a disk share what a browser keeps for them, so there another one could plant a Python of its own.
const IS_SAFE = location.protocol !== "file:";
// A device with less memory (GiB, as far as a browser tells) is not asked to run a second interpreter.
const LEAST_MEMORY = 2;

const say = (state) => (document.documentElement.dataset.snapshot = state);

const hex = (digest) => Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function check(bytes, wanted) {
  if (hex(await crypto.subtle.digest("SHA-256", bytes)) !== wanted) throw new Error("The snapshot is damaged.");
}

// Almost half of Python's memory is nothing but zeros, in long stretches (its stack above all): those are not kept.
const BLOCK = 1 << 16;

// Lists what is worth keeping, as beginnings and ends (bytes).
function stretches(memory) {
  const words = new BigUint64Array(memory.buffer, memory.byteOffset, memory.byteLength >> 3);
  const found = [];
  for (let start = 0; start < memory.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, memory.length);
    if (end - start === BLOCK && words.subarray(start >> 3, end >> 3).every((word) => word === 0n)) continue;
    if (found.at(-1)?.[1] === start) found.at(-1)[1] = end;
    else found.push([start, end]);
  }
  return found;
}

function pack(memory, places) {
  const packed = new Uint8Array(places.reduce((sum, [start, end]) => sum + end - start, 0));
  let offset = 0;
  for (const [start, end] of places) {
    packed.set(memory.subarray(start, end), offset);
    offset += end - start;
  }
  return packed;
}

function unpack(packed, { length, places }) {
  const memory = new Uint8Array(length);
  let offset = 0;
  for (const [start, end] of places) {
    memory.set(packed.subarray(offset, offset + end - start), start);
    offset += end - start;
  }
  return memory;
}

// Finds the snapshot of this build: gives a promise of its bytes, which rejects unless they are what was kept. Python never
// begins with others: what damage makes of its memory may well be an endless loop.
export async function find() {
  if (!IS_SAFE) return undefined;
  try {
    const kept = await caches.match(ENTRY, { cacheName: CACHE });
    const layout = JSON.parse(kept?.headers.get("X-Layout") ?? "null");
    if (!layout) return undefined;
    const packed = kept.arrayBuffer().then((buffer) => new Uint8Array(buffer));
    const memory = packed.then((all) => unpack(all, layout)); // while the hash is taken beside
    const checked = packed.then((all) => check(all, layout.digest));
    return { bytes: Promise.all([memory, checked]).then(([bytes]) => bytes) };
  } catch {
    return undefined; // no cache here: a private window, storage that is blocked
  }
}

// Gives up a snapshot that can't be used. `again`: another one may be better, so the next visit may make one.
export async function forget(again) {
  try {
    await caches.delete(CACHE);
    sessionStorage.removeItem(NOTE);
    if (!again) await (await caches.open(CACHE)).put(ENTRY, new Response("", { headers: { "X-Failed": "yes" } }));
  } catch {
    // Then it can't be found either.
  }
}

async function isWanted() {
  if (!IS_SAFE || !globalThis.caches || !globalThis.crypto?.subtle || navigator.deviceMemory < LEAST_MEMORY) return false;
  if (sessionStorage.getItem(NOTE) === CACHE || (await caches.match(ENTRY, { cacheName: CACHE }))) return false;
  const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return quota - usage > SPARE_BYTES;
}

const isBusy = () => document.hidden || document.querySelector("#send-stop[data-state=stop]") !== null;

// Waits until nothing was written, pressed or typed for a while.
function rest() {
  return new Promise((resolve) => {
    const events = ["keydown", "pointerdown", "visibilitychange"];
    let timer;
    const again = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (isBusy()) return again();
        for (const name of events) document.removeEventListener(name, again);
        return resolve();
      }, MAKE_AFTER_MS);
    };
    for (const name of events) document.addEventListener(name, again);
    again();
  });
}

function make() {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("snapshot_worker.mjs", import.meta.url), { type: "module" });
    const end = (settle) => {
      worker.terminate();
      settle();
    };
    worker.addEventListener("error", (event) => end(() => reject(event.error ?? new Error(event.message))));
    worker.addEventListener("message", ({ data }) => {
      end(() => (data.bytes ? resolve(data.bytes) : reject(new Error(data.error))));
    });
  });
}

async function keep(memory) {
  const places = stretches(memory);
  const packed = pack(memory, places);
  const digest = hex(await crypto.subtle.digest("SHA-256", packed));
  const layout = JSON.stringify({ length: memory.length, places, digest });
  const cache = await caches.open(CACHE);
  await cache.put(ENTRY, new Response(packed, { headers: { "X-Layout": layout } }));
  sessionStorage.setItem(NOTE, CACHE);
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

// Makes a snapshot once the page has nothing better to do, if there is none; in one window of several.
export async function makeSoon() {
  try {
    if (!(await isWanted())) return say("unwanted");
    await navigator.locks.request(CACHE, { ifAvailable: true }, async (lock) => {
      if (!lock) return say("unwanted");
      await rest();
      return makeNow();
    });
  } catch {
    await forget(true); // no room for it, or storage is blocked: every visit boots as the first one
    say("failed");
  }
}

async function makeNow() {
  let memory;
  try {
    memory = await make();
  } catch (error) {
    console.info("No snapshot can be made here.", error);
    await forget(false); // or every visit would try in vain
    return say("failed");
  }
  await keep(memory);
  return say("kept");
}
