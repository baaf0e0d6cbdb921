// The interpreter that PyScript loads: Pyodide, wrapped. It is JavaScript because PyScript imports it to get Python.
//
// It gives Python what `streams.mjs` and the package idb offer as modules, says how far booting is, and makes errors of
// what Pyodide only logs or leaves waiting for ever: a file of the runtime or a package that is missing or damaged.
import { loadPyodide as load, version } from "./pyodide.mjs";
import * as idb from "../idb.js";
import * as snapshot from "../snapshot.mjs";
import * as streams from "../streams.mjs";

export { version };

const FOLDER = new URL("./", import.meta.url).href;

// Pyodide would run every step of Python on a stack of its own, for a run_sync() that the page never calls. Chromium, where
// it samples what is allocated, can read past the end of such a stack: the tab crashes. Nor do such steps come for nothing.
delete WebAssembly.Suspending;

const page = document.documentElement;
const report = (step) => document.dispatchEvent(new CustomEvent("halt:boot", { detail: { step } }));

// Pyodide makes a module of WebAssembly for each of some 260 functions that it gives Python, though they are of a few types.
function keepModules() {
  const { Module } = WebAssembly;
  const made = new Map();
  WebAssembly.Module = new Proxy(Module, {
    construct(_, [bytes]) {
      if (!(bytes.length <= 64)) return new Module(bytes);
      const key = bytes.join();
      if (!made.has(key)) made.set(key, new Module(bytes));
      return made.get(key);
    },
  });
  return () => (WebAssembly.Module = Module);
}

// While Pyodide boots, each of its files is watched: loadPyodide() never settles when its WebAssembly can't be had. That
// is compiled as it comes, from early.js on where that began it; Pyodide would first wait for everything else.
function watchFiles() {
  const { fetch } = globalThis;
  const { instantiateStreaming } = WebAssembly;
  const forgetModules = keepModules();
  const spared = new Set();
  const { haltWebAssembly: begunEarly } = globalThis;
  delete globalThis.haltWebAssembly;
  let broken;
  let compiled;
  const failure = new Promise((_, reject) => (broken = reject));
  const named = async (address, loading) => {
    try {
      return await loading;
    } catch (error) {
      const failed = new Error(`The file ${address} could not be loaded: ${error.message}`, { cause: error });
      broken(failed);
      throw failed;
    }
  };
  const read = async (address, ...options) => {
    const response = await fetch(address, ...options);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response;
  };
  globalThis.fetch = async (resource, ...options) => {
    const address = new URL(resource.url ?? resource, location.href).href;
    if (!address.startsWith(FOLDER)) return fetch(resource, ...options);
    if (spared.has(address)) return new Response();
    if (address !== `${FOLDER}pyodide.asm.wasm`) return named(address, read(address, ...options));
    const compile = () => WebAssembly.compileStreaming(read(address));
    compiled = named(address, begunEarly?.catch(compile) ?? compile()); // a second try says better what is wrong
    compiled.catch(() => {}); // `broken` has been told
    return new Response(); // what Pyodide hands to instantiateStreaming()
  };
  const instantiate = async (source, imports) => {
    try {
      if (!compiled) return await instantiateStreaming(source, imports);
      const module = await compiled;
      return { module, instance: await WebAssembly.instantiate(module, imports) };
    } catch (error) {
      broken(error);
      throw error;
    }
  };
  WebAssembly.instantiateStreaming = async (source, imports) => {
    const made = await instantiate(source, imports);
    watched.meet?.(made.instance);
    return made;
  };
  const watched = {
    failure,
    spared, // the addresses of files that are taken for empty
    meet: undefined, // is given the instance before anything of it runs; nothing does if this throws
    end() {
      globalThis.fetch = fetch;
      WebAssembly.instantiateStreaming = instantiateStreaming;
      forgetModules();
    },
  };
  return watched;
}

// What pyscript.toml names, too.
const PACKAGES = ["halt"];
const MODULES = { halt_streams: streams, halt_idb: idb };

// Python's output goes where PyScript wants it, once PyScript is there to say.
const output = { stdout: () => {}, stderr: (message) => console.error(message) };
const options = {
  indexURL: FOLDER,
  packageBaseUrl: FOLDER,
  lockFileContents: document.getElementById("packages")?.textContent, // pyodide-lock.json, where the page has it
  stdout: (message) => output.stdout(message),
  stderr: (message) => output.stderr(message),
};

// Who has Python's memory needs this only for what is not in there: restored.py fetches it then.
const LIBRARY = `${FOLDER}python_stdlib.zip`;

// Gives nothing where there is no snapshot, or one that can't be used.
async function restore() {
  const found = snapshot.find();
  if (!found) return undefined;
  let refuse; // as Pyodide would wait for ever
  const refused = new Promise((_, reject) => (refuse = reject));
  const bytes = found.then(({ bytes, meet }) => {
    watch.meet = (instance) => {
      try {
        meet(instance);
      } catch (error) {
        refuse(error);
        throw error;
      }
    };
    return bytes;
  });
  // Pyodide comes to them later; a failure that nobody has asked for until then would be one of the page.
  bytes.catch(() => {});
  watch.spared.add(LIBRARY);
  try {
    const restored = load({ ...options, _loadSnapshot: bytes, _snapshotDeserializer: (name) => MODULES[name] });
    const python = await Promise.race([restored, refused]);
    // Pyodide would hold on to it, as large as Python's memory itself.
    const { buffer } = await bytes;
    structuredClone(buffer, { transfer: [buffer] });
    const restore = python.pyimport("halt.browser.restored");
    restore.wake(LIBRARY);
    restore.destroy();
    page.dataset.snapshot = "used";
    return python;
  } catch (error) {
    console.info("The snapshot can't be used; booting without.", error);
    return undefined;
  } finally {
    watch.spared.delete(LIBRARY);
    watch.meet = undefined;
  }
}

// Has the packages come while Python itself does: it finds them in the browser's cache, and looks at their hashes then.
function fetchAhead() {
  for (const name of page.dataset.packages?.split(" ") ?? []) {
    fetch(new URL(name, FOLDER)).then((response) => response.arrayBuffer()).catch(() => {});
  }
}

async function boot() {
  fetchAhead();
  const python = await load(options);
  for (const [name, module] of Object.entries(MODULES)) python.registerJsModule(name, module);
  report("packages");
  await loadPackages(python, PACKAGES);
  return python;
}

async function loadPackages(python, packages) {
  const problems = [];
  const quiet = { messageCallback() {}, errorCallback: (message) => problems.push(message) };
  await python.loadPackage(packages, quiet);
  const missing = packages.filter((name) => !(name in python.loadedPackages));
  if (problems.length || missing.length) {
    throw new Error(`Python packages could not be loaded (${missing.join(", ")}): ${problems.join(" ")}`);
  }
}

// Python begins to load with this module, beside PyScript and not behind it.
const watch = watchFiles();
report("runtime");
const begun = Promise.race([restore().then((python) => python ?? boot()), watch.failure]).finally(watch.end);

// PyScript asks for what is there already: the packages are those of pyscript.toml, and a snapshot was made of them.
export async function loadPyodide({ packages = [], stdout, stderr }) {
  Object.assign(output, { stdout, stderr });
  const python = await begun;
  const others = packages.filter((name) => !PACKAGES.includes(name));
  if (others.length) await loadPackages(python, others);
  // PyScript imports its own Python library for every page; this one asks it for nothing. Nor for the value of a script.
  const quick = python.pyimport("halt.browser.quick");
  quick.import_late("pyscript");
  python.runPythonAsync = quick.run.copy();
  quick.destroy();
  report("start");
  return python;
}
