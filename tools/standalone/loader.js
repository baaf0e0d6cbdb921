// Why this is JavaScript: it stands in halt.html, where there is no server, and gives the page the files of the site before
// Python is there. It is the last script of the page, and the first in a worker that the page starts.
//
// All files are in the page as base64, most of them packed by gzip. One is unpacked when it is asked for: by fetch(), by
// an import, by a <script> or <link> that is given an address, by new Worker(). Addresses are those that the site would have
// beside this file. What is not of the site goes the browser's own way.
"use strict";

(() => {
  const inPage = typeof document === "object";
  const MARKED = /"halt-site:([^"]+)"/g; // see tools/standalone/modules.py
  const own = { fetch: globalThis.fetch, Worker: globalThis.Worker };
  const addresses = new Map();
  let base = "";
  let files = {}; // by path: [media type, packed by gzip?, and its bytes as a Blob once they were asked for]

  const text = inPage ? document.currentScript.textContent : "";
  let loader = "";

  function pathOf(address) {
    let url;
    try {
      url = new URL(address, base).href.replace(/[?#].*/, "");
    } catch {
      return undefined;
    }
    if (!url.startsWith(base)) return undefined;
    const path = url.slice(base.length);
    return Object.hasOwn(files, path) ? path : undefined;
  }

  function decode(base64) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  }

  // The page's text of a file is let go as soon as there is a Blob, which need not stay in memory.
  function bytesOf(path) {
    const file = files[path];
    if (!file[2]) {
      const block = document.querySelector(`script[data-path="${CSS.escape(path)}"]`);
      file[2] = new Blob([decode(block.textContent)]);
      block.remove();
    }
    return file[2];
  }

  function respond(path) {
    const [type, packed] = files[path];
    const stream = bytesOf(path).stream();
    const body = packed ? stream.pipeThrough(new DecompressionStream("gzip")) : stream;
    return new Response(body, { headers: { "Content-Type": type } });
  }

  // A blob's address for a script or a style, in which the files that it names have theirs.
  async function make(path) {
    const [type] = files[path];
    const source = await respond(path).blob();
    if (!/script|css/.test(type)) return URL.createObjectURL(source);
    const content = await source.text();
    const named = [...new Set([...content.matchAll(MARKED)].map(([, other]) => other))];
    const theirs = new Map(await Promise.all(named.map(async (other) => [other, await addressOf(other)])));
    const whole = content.replace(MARKED, (_, other) => JSON.stringify(theirs.get(other)));
    return URL.createObjectURL(new Blob([whole], { type }));
  }

  function addressOf(path) {
    if (!addresses.has(path)) addresses.set(path, make(path));
    return addresses.get(path);
  }

  globalThis.haltSite = {
    // For a module: its import() and its import.meta, as though it had been loaded from its place in the site.
    helpers(path) {
      const url = base + path;
      const site_import = async (specifier) => {
        const address = /^\.{0,2}\//.test(specifier) ? new URL(specifier, url).href : specifier;
        const other = pathOf(address);
        return import(other === undefined ? address : await addressOf(other));
      };
      return { site_import, site_meta: { url } };
    },
  };

  globalThis.fetch = async function fetch(resource, ...options) {
    const path = pathOf(resource?.url ?? resource);
    return path === undefined ? own.fetch.call(globalThis, resource, ...options) : respond(path);
  };

  // An element that is given the address of a file of the site gets that of its blob, a moment later.
  function lead(kind, name) {
    const property = Object.getOwnPropertyDescriptor(kind.prototype, name);
    Object.defineProperty(kind.prototype, name, {
      ...property,
      set(address) {
        const path = pathOf(address);
        if (path === undefined) property.set.call(this, address);
        else addressOf(path).then((blob) => property.set.call(this, blob), () => this.dispatchEvent(new Event("error")));
      },
    });
  }

  // A worker begins with this script, too, and is handed the files as they are, packed; it makes blobs of its own, as Chrome
  // lets none that belong to a page from disk into its workers. Nor does it start modules there from a blob: the worker is
  // one of the old kind, which may import() just as well.
  class SiteWorker extends (own.Worker ?? Object) {
    constructor(address, options) {
      const path = pathOf(address);
      if (path !== undefined) loader ||= URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      super(path === undefined ? address : loader, path === undefined ? options : { ...options, type: "classic" });
      if (path === undefined) return;
      Object.keys(files).forEach(bytesOf);
      this.postMessage({ base, files, start: path });
    }
  }

  async function start(path) {
    await import(await addressOf(path));
  }

  function startPage() {
    base = new URL("./", document.baseURI).href;
    const site = JSON.parse(document.getElementById("site-files").textContent);
    files = site.files;
    lead(HTMLScriptElement, "src");
    lead(HTMLLinkElement, "href");
    globalThis.Worker = SiteWorker;
    for (const path of site.starts) {
      start(path).catch((error) => {
        console.error(error);
        document.getElementById("boot-step").textContent =
          `Halt could not start from this file: ${error.message} Open it in a newer browser, or download it again.`;
      });
    }
  }

  function startWorker({ data }) {
    ({ base, files } = data);
    globalThis.importScripts = undefined; // by which Pyodide tells the old kind, and refuses it
    start(data.start).catch((error) => setTimeout(() => { throw error; }));
  }

  if (inPage) startPage();
  else addEventListener("message", startWorker, { once: true });
})();
