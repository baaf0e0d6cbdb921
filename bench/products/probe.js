// Why this is JavaScript: it watches a product's page from inside, before anything of the product runs, so that what
// the driver takes to look does not count. It notes when the press of Stop reached the page, and how the last reply's
// text changed. Shadow roots are watched, too.
(() => {
  const roots = new Set([document]);
  let batch = 0; // when something of the page last changed
  const observer = new MutationObserver(() => (batch = performance.now()));
  const observe = (root) => observer.observe(root, { subtree: true, childList: true, characterData: true });
  observe(document);
  const attachShadow = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attachShadow.call(this, options);
    roots.add(root);
    observe(root);
    return root;
  };

  // WebAssembly's memories, which V8 counts nowhere: those that a page makes, and those that a module brings.
  const memories = new Set();
  const { Memory, instantiate, instantiateStreaming } = WebAssembly;
  WebAssembly.Memory = function (description) {
    const memory = new Memory(description);
    memories.add(memory);
    return memory;
  };
  WebAssembly.Memory.prototype = Memory.prototype;
  const noting = (original) => async (...given) => {
    const made = await original.apply(WebAssembly, given);
    const { exports } = made.instance ?? made;
    Object.values(exports).forEach((one) => one instanceof Memory && memories.add(one));
    return made;
  };
  WebAssembly.instantiate = noting(instantiate);
  WebAssembly.instantiateStreaming = noting(instantiateStreaming);

  // The text of an element, shadow roots inside of it included, styles and scripts excluded.
  function textOf(node) {
    const inner = (node.querySelectorAll ? [...node.querySelectorAll("*")] : []).some((one) => one.shadowRoot);
    if (!inner && !node.shadowRoot && !node.querySelector?.("style, script")) return node.textContent;
    let text = "";
    for (const child of (node.shadowRoot ?? node).childNodes) {
      if (child.nodeType === Node.TEXT_NODE) text += child.data;
      else if (child.nodeType === Node.ELEMENT_NODE && !child.matches("style, script, template")) text += textOf(child);
    }
    return text;
  }

  const find = (selector) =>
    [...roots].flatMap((root) =>
      root === document || root.host.isConnected ? [...root.querySelectorAll(selector)] : [],
    );

  let watch = null;

  // The button itself, or what a page has made anew in its place.
  const isStop = (one) =>
    one === watch.stop || (one.className === watch.stop.className && one.textContent === watch.stop.textContent);

  function read() {
    const found = find(watch.reply);
    return found.length > watch.before ? textOf(found[found.length - 1]) : "";
  }

  function look() {
    if (!watch || watch.seen === batch) return;
    watch.seen = batch;
    const text = read();
    if (text === watch.text) return;
    watch.text = text;
    watch.changed = batch;
    watch.samples.push([batch, text.length]);
  }

  function tick() {
    if (!watch) return;
    look();
    requestAnimationFrame(tick);
  }

  addEventListener(
    "click",
    (event) => {
      if (!watch?.stop || watch.press || !event.composedPath().some(isStop)) return;
      const made = event.timeStamp;
      const reached = performance.now();
      const untouched = batch <= made;
      look();
      const earlier = watch.samples.findLast(([at]) => at <= made);
      watch.press = { made, reached, characters: untouched ? watch.text.length : (earlier?.[1] ?? 0) };
    },
    { capture: true },
  );

  window.benchProbe = {
    // Begins before a question; what is there already does not count, nor the next so many. To sample is to read the
    // text in each frame where something changed.
    begin(reply, skip, sampling) {
      const before = find(reply).length + skip;
      watch = { reply, before, stop: null, text: "", changed: 0, seen: -1, samples: [], press: null };
      if (sampling) requestAnimationFrame(tick);
    },
    // Names the button whose press is awaited: a press anywhere else is none.
    await: (stop) => (watch.stop = stop),
    // Tells what was seen until now; moments are in ms since navigation.
    state() {
      if (!watch) return null;
      look();
      const { press, changed, text } = watch;
      return { press: press && { ...press }, changed, characters: text.length, origin: performance.timeOrigin };
    },
    text: () => (watch ? read() : ""),
    end() {
      watch = null;
    },
    endsWith: (text) => read().replace(/\s+/g, " ").trimEnd().endsWith(text),
    wasmBytes: () => [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
    has: (text) => textOf(document.documentElement).replace(/\s+/g, " ").includes(text),
  };
})();
