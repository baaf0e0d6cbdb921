// Colours code, a line at a time. It is JavaScript because the tokenizers (CodeMirror's) are: they take microseconds a
// line. The page loads this file, and the one tokenizer that it needs, when there is code in a language it knows.
//
// A tokenizer keeps its state from line to line, so lines that stand are never looked at again. Only text nodes become
// text nodes and spans; the text stays what it is.
import { StringStream } from "./streamparser.js";

const LONGEST_LINE = 2000; // characters; minified code stays plain
const GAP = /\s{60}/; // so does one with such a gap, which YAML's tokenizer looks at again and again: n⁴
const TURN_MS = 4;
const SLOW_MS = 25; // for one line; a hostile one can make a tokenizer look back and forth
const FORGIVEN = 3; // times for a block, and once for a line: a machine that is busy may be what was slow
const TAB = 4; // columns, as in code.css
const INDENT = 2; // tokenizers ask for it and use it to indent, which nobody does here

// What tokenizers call things, and what the page's styles call them.
const KINDS = {
  keyword: "keyword", tag: "keyword", tagName: "keyword", modifier: "keyword", deleted: "keyword",
  string: "string", character: "string", regexp: "string", link: "string", url: "string", inserted: "string",
  comment: "comment", hr: "comment",
  number: "number", atom: "number", bool: "number", null: "number", unit: "number", color: "number",
  def: "name", definition: "name", property: "name", propertyName: "name", attribute: "name", attributeName: "name",
  header: "name", heading: "name", labelName: "name",
  type: "type", typeName: "type", className: "type", builtin: "type", standard: "type", qualifier: "type",
  meta: "meta", processingInstruction: "meta", macroName: "meta", annotation: "meta",
};

const files = new Map(); // a tokenizer's file: the promise of its module, and then that itself
const blocks = new WeakMap(); // <code>: { mode, state, last, slow: how many times that was forgiven }
const waiting = new Set(); // <code>s with lines that are not coloured yet
let scheduled = false;

// Colours the settled lines of `code`: those in its chunks, or all where it has none.
function colour(code) {
  waiting.add(code);
  if (!scheduled) takeTurn();
}

function takeTurn() {
  scheduled = false;
  const end = performance.now() + TURN_MS;
  for (const code of waiting) {
    while (colourNext(code, end)) {
      if (performance.now() < end) continue;
      scheduled = true;
      requestAnimationFrame(takeTurn);
      return;
    }
    waiting.delete(code);
  }
}

// Colours some lines; false where there are none, or no tokenizer yet, which goes on when it comes.
function colourNext(code, end) {
  const block = blocks.get(code) ?? begin(code);
  const node = block.mode && nextText(code, block.last);
  if (!node) return false;
  try {
    colourText(node, block, end);
  } catch (error) {
    console.debug(`This code stays plain: ${error.message}`);
    block.mode = null;
  }
  return true;
}

function begin(code) {
  const block = { mode: null, state: null, last: null, slow: 0 };
  const [file, name] = code.dataset.mode.split(".");
  const start = (module) => {
    files.set(file, module);
    block.mode = module[name];
    block.state = block.mode.startState?.(INDENT) ?? {};
  };
  if (!files.has(file)) files.set(file, import(`./modes/${file}.js`));
  if (files.get(file) instanceof Promise) {
    files.get(file).then(
      (module) => {
        start(module);
        colour(code);
      },
      (error) => console.debug(`Code in ${name} stays plain: ${error.message}`),
    );
  } else {
    start(files.get(file)); // at once, so that the browser lays these lines out with the others
  }
  blocks.set(code, block);
  return block;
}

// The text node behind the last coloured one; what is still open stands outside of the chunks.
function nextText(code, last) {
  const chunked = code.firstChild?.className === "lines";
  let node = last ? last.nextSibling : code.firstChild;
  if (chunked && last && !node) node = last.parentNode.nextSibling;
  if (chunked && node?.className === "lines") node = node.firstChild;
  return node?.nodeType === Node.TEXT_NODE && (!chunked || node.parentNode !== code) ? node : null;
}

function colourText(node, block, until) {
  block.last = node;
  const made = document.createDocumentFragment();
  let kind = "";
  let text = "";
  const add = (moreKind, more) => {
    if (moreKind !== kind && text) {
      made.append(kind ? span(kind, text) : text);
      text = "";
    }
    kind = moreKind;
    text += more;
  };
  let done = 0;
  do {
    const end = node.data.indexOf("\n", done) + 1 || node.length;
    const line = node.data.slice(done, end);
    colourLine(line.replace("\n", ""), block, add);
    if (line.endsWith("\n")) add("", "\n");
    done = end;
  } while (done < node.length && performance.now() < until);
  add("-", ""); // what is left
  if (done < node.length) node.splitText(done);
  const { anchorNode, focusNode } = getSelection();
  if (anchorNode === node || focusNode === node) return; // a selection that begins or ends here would be lost
  block.last = made.lastChild;
  node.replaceWith(made);
}

function colourLine(line, block, add) {
  const { mode, state } = block;
  if (line.length > LONGEST_LINE || GAP.test(line)) return add("", line);
  if (!line) return mode.blankLine?.(state, INDENT);
  let begun = performance.now();
  let forgiven = false;
  const stream = new StringStream(line, TAB, INDENT);
  let idle = 0;
  while (!stream.eol()) {
    stream.start = stream.pos;
    const style = mode.token(stream, state);
    if (stream.pos > stream.start) {
      add(kindOf(style), stream.current());
      idle = 0;
    } else if (++idle > 10) {
      throw new Error("its tokenizer stands still.");
    }
    // Between two tokens only: the rest of the line is plain then, and so is all that follows.
    if (performance.now() - begun <= SLOW_MS) continue;
    if (forgiven || ++block.slow > FORGIVEN) throw new Error("its tokenizer takes too long.");
    forgiven = true;
    begun = performance.now();
  }
}

// A style is made of words, and each of a name and what it is in particular: "variableName.definition".
const kindOf = (style) => {
  for (const word of style?.split(/[ .]/).reverse() ?? []) if (Object.hasOwn(KINDS, word)) return KINDS[word];
  return "";
};

function span(kind, text) {
  const made = document.createElement("span");
  made.className = `tok-${kind}`;
  made.textContent = text;
  return made;
}

globalThis.colourCode = colour;
document.querySelectorAll("[data-mode][data-settled], [data-mode]:has(> .lines)").forEach(colour);
