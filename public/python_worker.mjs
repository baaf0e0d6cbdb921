// The worker that a person's own Python runs in, with a Pyodide of its own. It is JavaScript because it starts Python,
// and because only before that can it see to it that each fetch made here belongs to the run, and ends with its Stop.
import { loadPyodide } from "./pyodide/pyodide.mjs";

// A fence, not a wall: what the page keeps (conversations in IndexedDB above all) is no business of a package that
// somebody's code names. The page's own memory, and localStorage, no worker can reach.
const KEPT = ["indexedDB", "caches", "cookieStore", "BroadcastChannel", "Worker", "SharedWorker"];
function without(object, names) {
  for (; object; object = Object.getPrototypeOf(object)) for (const name of names) delete object[name];
}
without(globalThis, KEPT);
without(navigator, ["storage", "locks", "serviceWorker"]);
// As runtime.mjs does: a crash here would take the page with it. So there is no run_sync(); a program awaits.
delete WebAssembly.Suspending;

const fail = (error) => postMessage(["failed", "", String(error?.message ?? error)]);

let booting = true;
let run = new AbortController();
const { fetch } = globalThis;
globalThis.fetch = async (resource, options) => {
  const signals = [run.signal, options?.signal ?? resource?.signal].filter(Boolean);
  try {
    const response = await fetch(resource, { ...options, signal: AbortSignal.any(signals) });
    if (booting && !response.ok) throw new Error(`HTTP ${response.status}`);
    return response;
  } catch (error) {
    // loadPyodide() never settles when its WebAssembly can't be had.
    if (booting) fail(`The file ${resource.url ?? resource} could not be loaded: ${error.message}`);
    throw error;
  }
};

try {
  const python = await loadPyodide({
    indexURL: new URL("./pyodide/", import.meta.url).href,
    // Pyodide's own packages by their addresses, and the few that lie here by their names.
    lockFileURL: new URL("./pyodide/worker-lock.json", import.meta.url).href,
  });
  python.registerJsModule("halt_worker", {
    begin: () => (run = new AbortController()) && undefined,
    abort: () => run.abort(),
  });
  const problems = [];
  const quiet = { messageCallback() {}, errorCallback: (message) => problems.push(message) };
  await python.loadPackage(["halt", "micropip", "pyodide-http"], quiet);
  if (problems.length) throw new Error(problems.join(" "));
  booting = false;
  python.pyimport("halt.worker.desk").serve();
} catch (error) {
  fail(error);
}
