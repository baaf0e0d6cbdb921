// Why this is JavaScript: it is what can't wait for Python, nor for the modules that bring it. It is a plain script, as
// the browser runs those where they stand, and paints nothing before.

// Python's memory is unpacked by a worker, beside all that the page has to do until then; snapshot.mjs takes what it gives.
{
  const { snapshotFile } = document.documentElement.dataset; // halt.html has none
  if (snapshotFile && globalThis.DecompressionStream) {
    globalThis.haltSnapshot = new Promise((resolve, reject) => {
      const worker = new Worker("snapshot_worker.js");
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = () => reject(new Error("The worker that unpacks the snapshot did not begin."));
      worker.postMessage(snapshotFile);
    });
    globalThis.haltSnapshot.catch(() => {}); // who takes it is told
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
