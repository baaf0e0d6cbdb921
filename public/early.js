// Why this is JavaScript: it is what can't wait for Python, nor for the modules that bring it. It is a plain script, as
// the browser runs those where they stand, and paints nothing before. So nobody can press what is not listened to.

// What takes longest begins first.
//
// Python's WebAssembly is compiled as it comes; runtime.mjs takes it. A <link rel="preload"> would be no later, but Chromium
// hands out what was preloaded without the compiled code that it keeps of an earlier visit: all would be compiled anew.
//
// Python's memory is unpacked by a worker, beside all that the page has to do until then; snapshot.mjs takes what it gives.
{
  const { snapshotFile } = document.documentElement.dataset; // halt.html has none, and gets its files another way
  if (snapshotFile && globalThis.WebAssembly?.compileStreaming) {
    globalThis.haltWebAssembly = WebAssembly.compileStreaming(fetch("pyodide/pyodide.asm.wasm"));
    globalThis.haltWebAssembly.catch(() => {}); // who takes it is told
  }
  if (snapshotFile && globalThis.DecompressionStream) {
    globalThis.haltSnapshot = new Promise((resolve, reject) => {
      const worker = new Worker("snapshot_worker.js");
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = () => reject(new Error("The worker that unpacks the snapshot did not begin."));
      worker.postMessage(snapshotFile);
    });
    globalThis.haltSnapshot.catch(() => {});
  }
}

// Theme and letter size have to hold before the first paint, or the page would flash. Python uses the same function when
// the settings change (app/halt/ui/looks.py).
function applyLooks(theme, fontSize, sendKey) {
  const page = document.documentElement;
  if (theme === "light" || theme === "dark") page.dataset.theme = theme;
  else delete page.dataset.theme;
  const size = Number(fontSize);
  page.style.fontSize = size >= 80 && size <= 200 && size !== 100 ? `${size}%` : "";
  page.dataset.sendKey = sendKey === "Mod+Enter" ? sendKey : "Enter";
  // The bars around the page take the colour that its own paper has in this theme.
  for (const meta of document.querySelectorAll("meta[name='theme-color']")) {
    meta.dataset.own ??= meta.content;
    const own = document.querySelector(`meta[name='theme-color'][media*='${theme}']`);
    meta.content = page.dataset.theme ? own?.dataset.own ?? own?.content ?? meta.content : meta.dataset.own;
  }
}

{
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem("halt.settings"));
  } catch {} // storage is blocked, or damaged: the looks of a first visit
  applyLooks(kept?.theme, kept?.font_size, kept?.send_key);
}

// A Send before Python is up waits, as data-waiting on the composer; a second press, Escape or an emptied draft takes it
// back. For assistive technology Send is then a button that is pressed. boot.mjs says the rest, and is told by the event
// "halt:waiting" on `document`.
{
  const untilReady = new AbortController();
  const composer = () => document.getElementById("composer");
  const message = () => document.getElementById("message");
  const waits = () => composer().hasAttribute("data-waiting");
  const listen = (name, heard) => document.addEventListener(name, heard, { signal: untilReady.signal });

  function wait(on) {
    const may = !on || (message().value.trim() && document.documentElement.dataset.boot !== "failed");
    if (!may || on === waits()) return;
    composer().toggleAttribute("data-waiting", on);
    const button = document.getElementById("send-stop");
    if (on) button.setAttribute("aria-pressed", "true");
    else button.removeAttribute("aria-pressed");
    document.dispatchEvent(new Event("halt:waiting"));
  }

  listen("submit", (event) => {
    if (event.target !== composer()) return;
    event.preventDefault();
    wait(!waits());
  });

  listen("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape" && composer()) wait(false);
    if (event.key !== "Enter" || event.shiftKey || event.target !== message()) return;
    if (document.documentElement.dataset.sendKey === "Mod+Enter" && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    wait(true);
  });

  listen("input", (event) => event.target === message() && !message().value.trim() && wait(false));

  // An idea that is pressed early waits like a Send.
  listen("click", (event) => {
    const idea = event.target.closest('[data-action="idea"]');
    if (!idea || document.documentElement.dataset.boot === "failed") return;
    message().value = idea.dataset.prompt;
    message().focus();
    wait(true);
  });

  listen("halt:boot-failed", () => wait(false));

  // Python takes over: it reads data-waiting once, and from then on every listener is its own.
  listen("halt:ready", () => {
    untilReady.abort();
    document.getElementById("send-stop").removeAttribute("aria-pressed");
  });
}
