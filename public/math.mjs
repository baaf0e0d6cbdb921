// Sets formulas with KaTeX, in place. It is JavaScript because KaTeX is, and one formula is some hundred nodes; the page
// loads it with the first formula (see ui/formulas.py).
//
// The policy forbids style attributes in HTML: KaTeX is asked for nodes, whose styles it sets one by one.

import katex from "./katex/katex.mjs";

const SLICE_MS = 8;
// What a formula may not: links, pictures, classes and ids (trust), sizes beyond measure, macros without end.
const OPTIONS = { trust: false, strict: "ignore", throwOnError: true, maxSize: 10, maxExpand: 500, errorColor: "inherit" };
// KaTeX writes these two with a style attribute, for MathML alone.
const MACROS = { "\\pmb": "\\boldsymbol{#1}", "\\fcolorbox": "\\colorbox{#2}{#3}" };

const seen = new WeakSet();
let waiting = [];
let timer = 0;

function setOne(place) {
  const source = place.textContent;
  try {
    // The macros are a copy, because a formula may define more; the next one does not know them.
    katex.render(source, place, { ...OPTIONS, displayMode: "display" in place.dataset, macros: { ...MACROS } });
    place.classList.add("set");
    place.prepend(toCopy(source, "display" in place.dataset ? "$$" : "$"));
  } catch (error) {
    place.textContent = source; // it stays readable
    console.debug(error);
  }
}

// What a selection copies instead of the formula's many glyphs.
function toCopy(source, mark) {
  const text = document.createElement("span");
  text.className = "tex";
  text.setAttribute("aria-hidden", "true");
  text.textContent = mark + source + mark;
  return text;
}

function setSome() {
  timer = 0;
  const until = performance.now() + SLICE_MS;
  let done = 0;
  while (done < waiting.length && performance.now() < until) setOne(waiting[done++]);
  waiting = waiting.slice(done);
  if (waiting.length) timer = setTimeout(setSome);
}

function add(place) {
  if (seen.has(place)) return;
  seen.add(place);
  waiting.push(place);
}

// Sets the formulas in a node and in all that follow it inside the same parent.
function setFormulas(node) {
  for (; node; node = node.nextSibling) {
    if (node.nodeType !== Node.ELEMENT_NODE) continue;
    if (node.matches(".math")) add(node);
    for (const place of node.querySelectorAll(".math")) add(place);
  }
  if (!timer) setSome();
}

// What the browser copies, it copies from the layout, right after this event: for that moment only the sources are there.
document.addEventListener("copy", () => {
  document.documentElement.classList.add("copying");
  setTimeout(() => document.documentElement.classList.remove("copying"));
});

const styles = document.createElement("link");
styles.rel = "stylesheet";
styles.href = new URL("katex/katex.css", import.meta.url);
styles.addEventListener("load", () => {
  globalThis.setFormulas = setFormulas;
  setFormulas(document.getElementById("log"));
}, { once: true });
document.head.append(styles);
