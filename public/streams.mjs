// Reads a stream a little ahead, and hands over what has come some thirty times a second. It is JavaScript because
// Pyodide makes of each promise that Python meets a future and two tasks of its loop: half a millisecond a chunk, where
// a reply has thousands. Python asks, is woken once, and takes all that came meanwhile.

// `reader` is the stream's own; `wake` is called after each `ask`, once there is something to `take`, and no sooner than
// `pace` ms after the last time. More than `ahead` bytes are not read: then the provider is made to wait.
export function readAhead(reader, pace, ahead, wake) {
  let chunks = [];
  let size = 0;
  let [asked, reading, ended, closed] = [false, false, false, false];
  let error;
  let timer = 0;
  let last = -Infinity;

  function tell() {
    if (!asked || !(ended || chunks.length)) return;
    const rest = ended ? 0 : last + pace - performance.now();
    if (rest > 0) {
      timer ||= setTimeout(() => ((timer = 0), tell()), rest);
      return;
    }
    clearTimeout(timer);
    timer = 0;
    asked = false;
    last = performance.now();
    wake();
  }

  async function read() {
    if (reading) return;
    reading = true;
    try {
      while (!ended && !closed && size < ahead) {
        const { done, value } = await reader.read();
        if (closed) return;
        if (done) ended = true;
        else {
          chunks.push(value);
          size += value.length;
        }
        tell();
      }
    } catch (reason) {
      error = reason;
      ended = true;
      if (!closed) tell();
    } finally {
      reading = false;
    }
  }

  read();
  return {
    ask() {
      asked = true;
      tell();
    },
    // All that has come, as one piece; nothing at the end, and then `error` says whether it was a good one.
    take() {
      if (!size) return undefined;
      const all = new Uint8Array(size);
      let offset = 0;
      for (const chunk of chunks) {
        all.set(chunk, offset);
        offset += chunk.length;
      }
      chunks = [];
      size = 0;
      read();
      return all;
    },
    error: () => error,
    // From here on nothing is called and nothing is kept; closing the connection is its owner's task.
    close() {
      closed = true;
      asked = false;
      chunks = [];
      size = 0;
      clearTimeout(timer);
    },
  };
}
