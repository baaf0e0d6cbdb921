// Makes the snapshot that snapshot.mjs keeps: in a worker, with an interpreter of its own, so that the page goes on and
// nothing of the page gets into it. It is JavaScript because it is what holds the interpreter.
import { loadPyodide } from "./pyodide/pyodide.mjs";
import * as idb from "./idb.js";
import * as streams from "./streams.mjs";

delete WebAssembly.Suspending; // as runtime.mjs does: Python's memory knows of it

const FOLDER = new URL("./pyodide/", import.meta.url);
const PACKAGE = "halt";
const MODULES = new Map([[streams, "halt_streams"], [idb, "halt_idb"]]);

// Everything that main.py imports, and runtime.mjs; it is not run, so nothing of the page is touched.
const IMPORT = `
import ast, gc, importlib
import halt.browser.late
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
del source
gc.collect()
`;

async function read(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${address}`);
  return response;
}

async function wheels() {
  const { packages } = await (await read(new URL("pyodide-lock.json", FOLDER))).json();
  const needed = new Map();
  const waiting = [PACKAGE];
  while (waiting.length) {
    const name = waiting.pop();
    if (needed.has(name)) continue;
    needed.set(name, packages[name].file_name);
    waiting.push(...packages[name].depends);
  }
  return Promise.all(Array.from(needed.values(), async (name) => (await read(new URL(name, FOLDER))).arrayBuffer()));
}

async function make() {
  const python = await loadPyodide({ indexURL: FOLDER.href, _makeSnapshot: true });
  for (const [module, name] of MODULES) python.registerJsModule(name, module);
  // Not by loadPackage(): that one writes down what it has loaded where the snapshot has no place for it.
  const extractDir = python.runPython("import site; site.getsitepackages()[0]");
  for (const wheel of await wheels()) python.unpackArchive(new Uint8Array(wheel), "wheel", { extractDir });
  const source = await (await read(new URL("main.py", import.meta.url))).text();
  const names = python.toPy({ source });
  python.runPython(IMPORT, { globals: names });
  names.destroy();
  return python.makeMemorySnapshot({
    serializer(held) {
      const name = MODULES.get(held);
      if (!name) throw new Error("Python holds something of JavaScript that a snapshot can't hold.");
      return name;
    },
  });
}

try {
  const bytes = await make();
  postMessage({ bytes }, [bytes.buffer]);
} catch (error) {
  postMessage({ error: String(error?.stack ?? error) });
}
