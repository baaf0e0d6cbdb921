// Starts PyScript and tells the page when booting fails. It is JavaScript because Python is not there yet.
//
// The page listens on `document`: "halt:boot" ({step}: "runtime", "packages", "start"; from pyodide/runtime.mjs) and
// "halt:boot-failed" ({error}). Booting is over when Python sets data-ready="true" on <html>; what goes wrong
// afterwards is Python's to report.

let failed = false;

function fail(error) {
  if (failed || document.documentElement.dataset.ready === "true") return;
  failed = true;
  console.error(error);
  document.dispatchEvent(new CustomEvent("halt:boot-failed", { detail: { error } }));
}

// PyScript awaits the interpreter where nobody catches: a runtime that can't be loaded ends up here.
addEventListener("unhandledrejection", (event) => fail(event.reason));
addEventListener("error", (event) => event.error && fail(event.error));

// PyScript loads its editors, terminals and games unless told not to: for Python in pyscript.toml, and for MicroPython,
// which this page does not use, by an element of this name.
function withoutMicroPython() {
  const plugins = ["codemirror", "deprecations-manager", "donkey", "error", "py-editor", "py-game", "py-terminal"];
  const settings = document.createElement("mpy-config");
  settings.setAttribute("type", "json");
  settings.textContent = JSON.stringify({ plugins: plugins.map((name) => `!${name}`) });
  document.head.append(settings);
  return settings;
}

const settings = withoutMicroPython();
try {
  if (typeof WebAssembly !== "object") throw new Error("This browser has no WebAssembly, or it is switched off.");
  import("./pyodide/runtime.mjs").catch(fail); // Python loads meanwhile
  const { config, hooks } = await import("./pyscript/core.js");
  // PyScript makes this hook into code with eval(), which the page's policy forbids; we run our workers ourselves.
  hooks.worker.onBeforeRunAsync.clear();
  // An exception in main.py, and a main.py that is missing, are only written to this stream.
  hooks.main.onReady.add(({ io }) => {
    const { stderr } = io;
    io.stderr = (message, ...more) => (message instanceof Error ? fail(message) : stderr(message, ...more));
  });
  if (!config.py) throw new Error("PyScript could not read its settings in the page.");
} catch (error) {
  fail(error);
} finally {
  settings.remove();
}
