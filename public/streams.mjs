// Reads a stream, and hands over what has come some thirty times a second at most. It is JavaScript because Pyodide makes
// of each promise that Python meets a future and two tasks of its loop: half a millisecond a chunk, where a reply has
// thousands. Python asks, is woken once, and takes all that came meanwhile.

// So many bytes in one piece are a flood: the next ones are read without a rest.
const FLOOD = 16 * 1024;
// More is not kept here: then the provider is made to wait.
const MOST = 64 * 1024;

// While it rests, a stream is read so often, in ms: who reads nothing does not see that it has ended, and the last words
// of a reply would wait for nothing.
const PEEK_MS = 20;

// WebKit can't make a provider wait. It keeps what nobody reads, and goes through all of that again with each piece that
// comes: a flood soon leaves the page no time for anything else. So there a flood is read as it comes, and kept here. It is
// told from the others by its bodies, which are no streams of bytes.
const PROVIDERS_WAIT = (() => {
  try {
    new Response("-").body.getReader({ mode: "byob" });
    return true;
  } catch {
    return false;
  }
})();

// A browser closes an aborted connection in a task of its own, behind those that wait already. So Python hears of an abort
// a moment later: what it then does would hold that task up.
const AFTER_ABORT_MS = 20;

const later = () => new Promise((resolve) => setTimeout(resolve, AFTER_ABORT_MS));

// Fetches as the browser does.
export async function fetchFor(address, options) {
  try {
    return await fetch(address, options);
  } catch (reason) {
    if (options.signal.aborted) await later();
    throw reason;
  }
}

// `reader` is the stream's own; `wake` is called once after each `ask`, when there is something to `take`, and no sooner
// than `pace` ms after the last piece was taken. Until then nothing is read: the browser keeps what comes and gives it
// out as one chunk, while a read that waits would wake the page for each small one. `signal` aborts the stream.
export function readPaced(reader, wake, signal) {
  let chunks = [];
  let size = 0;
  let [asked, open, reading, ended, closed] = [false, false, false, false, false];
  let flooded = false; // and nobody waits
  let peeks = 0; // reads that a look takes: of what is there, and of what comes next or the end
  let error;
  let timer = 0;
  let due = -Infinity;
  let taken = -Infinity;

  function go() {
    if (!asked || closed) return;
    const rest = ended ? 0 : Math.floor(due - performance.now()); // timers know whole milliseconds
    if (rest > 0) {
      timer ||= setTimeout(peek, Math.min(rest, PEEK_MS));
      return;
    }
    clearTimeout(timer);
    timer = 0;
    open = true;
    if (size || ended) {
      asked = false;
      wake();
    }
    read();
  }

  function peek() {
    timer = 0;
    peeks = 2;
    go();
    read();
  }

  // Goes on after it woke Python: that takes a task later what more than one read gives at once.
  async function read() {
    if (reading) return;
    reading = true;
    try {
      while (!ended && !closed && (flooded || ((open || peeks > 0) && size < MOST))) {
        peeks -= 1;
        const { done, value } = await reader.read();
        if (closed) return;
        if (done) ended = true;
        else {
          chunks.push(value);
          size += value.length;
          flooded ||= !PROVIDERS_WAIT && value.length >= FLOOD;
        }
        go();
      }
    } catch (reason) {
      error = reason;
      ended = true;
      if (signal.aborted) await later();
      go();
    } finally {
      reading = false;
    }
  }

  return {
    ask(pace) {
      asked = true;
      due = taken + pace;
      go();
    },
    // What has come, as one piece; nothing at the end, and then `error` says whether it was a good one.
    take() {
      if (!size) return undefined;
      let [count, length] = [0, 0];
      while (count < chunks.length && length < MOST) length += chunks[count++].length;
      const piece = new Uint8Array(length);
      let offset = 0;
      for (const chunk of chunks.splice(0, count)) {
        piece.set(chunk, offset);
        offset += chunk.length;
      }
      open = false;
      taken = length < FLOOD ? performance.now() : -Infinity;
      size -= length;
      return piece;
    },
    error: () => error,
    // From here on nothing is called and nothing is kept; closing the connection is its owner's task.
    close() {
      closed = true;
      chunks = [];
      size = 0;
      clearTimeout(timer);
    },
  };
}
