// Why this is JavaScript: it compares the text that stands in the page with the text of the expected HTML, and both are
// read by the same code, so that it is the renderers that differ and not the readers.

const BLOCKS = "p,h1,h2,h3,h4,h5,h6,ul,ol,li,table,thead,tbody,tr,th,td,pre,blockquote,div,hr,br,.block";

// The text of an element's copy, blocks being apart and each run of white space being one space.
function textOf(element, chrome) {
  const copy = element.cloneNode(true);
  if (chrome) for (const part of copy.querySelectorAll(chrome)) part.remove();
  for (const block of copy.querySelectorAll(BLOCKS)) {
    block.before(" ");
    block.after(" ");
  }
  return copy.textContent.replace(/\s+/g, " ").trim();
}

// Tells where the texts differ first, with what stands there; null where they are the same.
export function difference(container, expectedHtml, chrome) {
  const expected = textOf(new DOMParser().parseFromString(expectedHtml, "text/html").body, "");
  const shown = textOf(container, chrome);
  if (shown === expected) return null;
  let at = 0;
  while (shown[at] === expected[at]) at++;
  const around = (text) => text.slice(Math.max(0, at - 20), at + 40);
  return { at, expected: around(expected), shown: around(shown) };
}
