// Why this is JavaScript: it feeds all renderers at the page's own pace and from the same place, and one of them only
// is Python. bench/render.py calls run() and reads the times from Chromium's trace by the marks set here.
import { renderers } from "./renderers.mjs";
import { difference } from "./text.mjs";
import { watch } from "./watch.mjs";

const QUIET_LOOKS = 3;

const scroller = document.getElementById("scroller");
const log = document.getElementById("log");
const { port1, port2 } = new MessageChannel();

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const nextTask = () => new Promise((done) => ((port1.onmessage = done), port2.postMessage(null)));
const idle = () => new Promise((done) => requestAnimationFrame(() => requestIdleCallback(done)));

// Writes one chunk a task, each when it is due; gives the share that was written, which is less than 1 where the limit
// was reached.
async function feed(write, chunks, gapMs, limitMs) {
  const began = performance.now();
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  let written = 0;
  let quarter = 1;
  for (const [number, chunk] of chunks.entries()) {
    const wait = began + number * gapMs - performance.now();
    await (wait > 0 ? sleep(wait) : nextTask());
    if (performance.now() - began > limitMs) return written / total;
    write(chunk);
    written += chunk.length;
    while (quarter < 4 && written >= (total * quarter) / 4) performance.mark(`bench quarter ${quarter++}`);
  }
  return 1;
}

// Waits until the page has nothing more to do and the reply stays as it is; gives the time of the last change seen.
async function stands(container) {
  let last = -1;
  let since = 0;
  for (let quiet = 0; quiet < QUIET_LOOKS; quiet++) {
    await idle();
    const size = container.textContent.length + container.getElementsByTagName("*").length;
    if (size === last) continue;
    last = size;
    quiet = 0;
    since = performance.now();
    performance.mark("bench end");
  }
  return since;
}

async function run({ renderer, chunks, gapMs, limitMs, watched, expected }) {
  const article = document.getElementById("reply").content.firstElementChild.cloneNode(true);
  const container = article.firstElementChild;
  log.replaceChildren(article);
  // The view follows the text, as in every chat; the frame has laid out already when this is called.
  const follow = new ResizeObserver(() => (scroller.scrollTop = scroller.scrollHeight));
  follow.observe(container);
  const { open, chrome = "" } = renderers[renderer];
  const reply = open(container);
  await reply.mounted;
  await idle();
  const watcher = watched ? watch(container) : null;
  const write = watcher ? (chunk) => (reply.write(chunk), watcher.look()) : reply.write;
  performance.mark("bench begin");
  const began = performance.now();
  try {
    const share = await feed(write, chunks, gapMs, limitMs);
    if (share < 1) {
      performance.mark("bench end");
      return { share, limitMs, ...watcher?.result() };
    }
    await reply.end();
    const standsMs = (await stands(container)) - began;
    return { share, standsMs, ...watcher?.result(), difference: difference(container, expected, chrome) };
  } finally {
    follow.disconnect();
    reply.close();
    log.replaceChildren();
    performance.clearMarks();
  }
}

window.bench = { run };
