// Why this is JavaScript: theme and letter size have to hold before the first paint, or the page would flash; Python
// comes seconds later. It is a plain script, as the browser waits for those before it paints. Python uses the same
// function when the settings change (app/halt/ui/looks.py).

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
