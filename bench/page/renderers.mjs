// Why this is JavaScript: the renderers that Halt is compared with are. Each is used as its documentation shows.
//
// A renderer opens a reply in a container and gives write(chunk), end() and close(); chrome selects what it adds of its
// own to the text (labels of buttons and code blocks); mounted is there where opening takes time.
import DOMPurify from "dompurify";
import { marked } from "marked";
import { createElement, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { Streamdown } from "streamdown";
import { default_renderer, parser, parser_end, parser_write } from "streaming-markdown";

const none = () => {};

function markedEachChunk(container) {
  let text = "";
  return {
    write(chunk) {
      text += chunk;
      container.innerHTML = DOMPurify.sanitize(marked.parse(text));
    },
    end: none,
    close: none,
  };
}

function markedEachFrame(container) {
  let text = "";
  let frame = 0;
  let painted = Promise.resolve();
  return {
    write(chunk) {
      text += chunk;
      if (frame) return;
      painted = new Promise((done) => {
        frame = requestAnimationFrame(() => {
          frame = 0;
          container.innerHTML = DOMPurify.sanitize(marked.parse(text));
          done();
        });
      });
    },
    end: () => painted,
    close: () => cancelAnimationFrame(frame),
  };
}

function streamingMarkdown(container) {
  const smd = parser(default_renderer(container));
  return { write: (chunk) => parser_write(smd, chunk), end: () => parser_end(smd), close: none };
}

function streamdown(container) {
  const root = createRoot(container);
  let text = "";
  let setText;
  let done;
  const mounted = new Promise((resolve) => (done = resolve));
  function Reply() {
    const [shown, set] = useState("");
    useEffect(() => {
      setText = set;
      done();
    }, []);
    return createElement(Streamdown, null, shown);
  }
  root.render(createElement(Reply));
  return {
    mounted,
    write: (chunk) => setText((text += chunk)),
    end: none,
    close: () => root.unmount(),
  };
}

export const renderers = {
  halt: { open: (container) => window.openHalt(container), chrome: "button, figcaption" },
  marked: { open: markedEachChunk },
  "marked-frame": { open: markedEachFrame },
  "streaming-markdown": { open: streamingMarkdown },
  streamdown: { open: streamdown, chrome: "[data-streamdown=code-block-header], [data-streamdown=code-block-actions]" },
};
