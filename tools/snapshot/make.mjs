// Makes the snapshot of Python's memory that public/snapshot.mjs reads. It is JavaScript because it runs Python as a browser
// does: Pyodide, in Node. `node make.mjs SITE PROGRAM FILE`; the file is as yet not compressed.
//
// The same site gives the same bytes, whatever Node there is: time stands still, what is random is not, and Python's hashes
// have a fixed seed. So hashes of texts in the page are the same for everyone; `random` is seeded anew by each visit.
import { readFile, writeFile } from "node:fs/promises";
import crypto from "node:crypto";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const [site, program, target] = process.argv.slice(2).map((place) => path.resolve(place));
const FOLDER = path.join(site, "pyodide");
const PACKAGE = "halt";

// What Python's memory would else tell of this machine and this moment.
process.argv.splice(1, Infinity, "halt");
process.env.TZ = "UTC";
Date.now = () => 0;
performance.now = () => 0;
Object.defineProperty(globalThis, "navigator", { value: { userAgent: "halt" }, configurable: true });
crypto.randomFillSync = (view) => view.fill(0);
delete WebAssembly.Suspending; // as runtime.mjs does: Python's memory knows of it

// Python's memory as its WebAssembly has it before anything runs, which the page has anyway.
let initial;
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (...what) => {
  const made = await instantiate(...what);
  // Pyodide has small modules, too; Python is the one with thousands of exports.
  const { memory, ...others } = made.instance?.exports ?? {};
  if (memory && Object.keys(others).length > 100) initial = new Uint8Array(memory.buffer.slice(0));
  return made;
};

// Everything that main.py imports, and runtime.mjs; it is not run, so nothing of a page is touched.
const IMPORT = `
import ast, codecs, gc, importlib
importlib.invalidate_caches()  # as time stands still
import halt.browser.quick, halt.browser.restored
for node in ast.walk(ast.parse(source)):
    if isinstance(node, ast.ImportFrom):
        importlib.import_module(node.module)
        for one in node.names:
            try:
                importlib.import_module(f"{node.module}.{one.name}")
            except ModuleNotFoundError:
                pass  # a name in it, and no module
    elif isinstance(node, ast.Import):
        for one in node.names:
            importlib.import_module(one.name)
for name in "utf-8-sig utf-16 utf-16-le utf-16-be latin-1 ascii".split():
    codecs.lookup(name)  # is asked for by its name, which no import tells
del source
gc.collect()
gc.freeze()  # what is here stays, and no collection need look at it again
`;

async function wheels() {
  const { packages } = JSON.parse(await readFile(path.join(FOLDER, "pyodide-lock.json"), "utf8"));
  const needed = new Map();
  const waiting = [PACKAGE];
  while (waiting.length) {
    const name = waiting.pop();
    if (needed.has(name)) continue;
    needed.set(name, packages[name].file_name);
    waiting.push(...packages[name].depends);
  }
  return Promise.all(Array.from(needed.values(), (name) => readFile(path.join(FOLDER, name))));
}

// What was freed still holds what it held: two megabytes that nobody needs.
function wipe(module) {
  const { _malloc, _free, _sbrk, _emscripten_stack_get_end, _emscripten_stack_get_current } = module;
  const end = _sbrk(0);
  const held = [];
  for (let size = 1 << 15; size >= 16; size = size > 1024 ? size >> 1 : size - 8) {
    for (;;) {
      const place = _malloc(size);
      if (place + size > end) {
        _free(place); // no hole of this size is left; larger pieces, or held ones, would make the memory grow
        break;
      }
      held.push(place);
      module.HEAPU8.fill(0, place, place + size);
    }
  }
  held.forEach((place) => _free(place));
  module.HEAPU8.fill(0, _emscripten_stack_get_end(), _emscripten_stack_get_current());
}

// Almost half of the memory is nothing but zeros, in long stretches (its stack above all): those are left out.
const BLOCK = 4096;

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

// The file: 32-bit numbers (little-endian), which are how many there are, the length of the whole, where in it the memory
// begins, how much of that is to be combined with what WebAssembly brings, where Python has its trampoline, and the
// stretches; then what stands in the stretches.
function pack(whole, { __PyRuntime, __PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET: offset, HEAP32 }) {
  const [, begins] = new Uint32Array(whole.buffer, 0, 2);
  const memory = whole.subarray(begins);
  // A function of the browser's own making, which not every one has: Python does without until the page puts it back.
  const trampoline = __PyRuntime + HEAP32[offset >> 2];
  new DataView(memory.buffer, memory.byteOffset).setUint32(trampoline, 0, true);
  const combined = Math.ceil((initial.findLastIndex((byte) => byte !== 0) + 1) / 4) * 4;
  for (let index = 0; index < combined; index += 1) memory[index] ^= initial[index];
  const places = stretches(whole);
  const head = Uint32Array.of(5 + 2 * places.length, whole.length, begins, combined, trampoline, ...places.flat());
  return [new Uint8Array(head.buffer), ...places.map(([start, end]) => whole.subarray(start, end))];
}

const { loadPyodide } = await import(pathToFileURL(path.join(FOLDER, "pyodide.mjs")));
// Docstrings stay out: half a megabyte of a first visit.
const env = { HOME: "/home/pyodide", PYTHONHASHSEED: "0", PYTHONOPTIMIZE: "2" };
const python = await loadPyodide({ indexURL: FOLDER, _makeSnapshot: true, env });
// They stand for the page's modules of these names (runtime.mjs), which Python does not look into as it is imported.
const MODULES = new Map();
for (const name of ["halt_streams", "halt_idb"]) {
  const module = await import(`data:text/javascript,export const name = "${name}"`);
  MODULES.set(module, name);
  python.registerJsModule(name, module);
}
// Not by loadPackage(): that one writes down what it has loaded where the snapshot has no place for it.
const extractDir = python.runPython("import site; site.getsitepackages()[0]");
for (const wheel of await wheels()) python.unpackArchive(new Uint8Array(wheel), "wheel", { extractDir });
const source = await readFile(program, "utf8");
const names = python.toPy({ source });
python.runPython(IMPORT, { globals: names });
names.destroy();
wipe(python._module);
const whole = python.makeMemorySnapshot({
  serializer(held) {
    const name = MODULES.get(held);
    if (!name) throw new Error("Python holds something of JavaScript that a snapshot can't hold.");
    return name;
  },
});
await writeFile(target, pack(whole, python._module));
