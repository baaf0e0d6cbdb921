// Why this is JavaScript: it serves the page before Python is there. It begins the start, says what that is doing or why it
// failed, and keeps the draft over a reload that a failure asks for.

const page = document.documentElement;
const composer = document.getElementById("composer");
const message = document.getElementById("message");
const step = document.getElementById("boot-step");
const status = document.getElementById("status");
const untilReady = new AbortController();
const { signal } = untilReady;
const waits = () => composer.hasAttribute("data-waiting");

const STEPS = {
  page: "Loading Python",
  runtime: "Loading Python",
  packages: "Loading Halt",
  start: "Starting",
};

const failed = () => page.dataset.boot === "failed";

function loadedBytes() {
  return performance.getEntriesByType("resource").reduce((sum, entry) => sum + entry.decodedBodySize, 0);
}

function say() {
  if (failed()) return;
  const total = Number(document.body.dataset.bootBytes);
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  const progress = total ? ` (${megabytes(Math.min(loadedBytes(), total))} of ${megabytes(total)} MB)` : "";
  const what = STEPS[page.dataset.boot] ?? "Starting";
  step.textContent = waits() ? `Sends when loaded${progress}; press again to take back.` : `${what}…${progress}`;
}

// early.js takes a Send that comes before Python.
function sayWhetherItWaits() {
  status.textContent = waits() ? "Waiting for Python, then this is sent" : "Not sent";
  say();
}

// A draft outlives the reload that a failed start asks for, and nothing else. Storage may be blocked; then it can't.
const DRAFT = "halt.draft";

function keepDraft() {
  try {
    sessionStorage.setItem(DRAFT, message.value);
  } catch {}
}

function bringDraft() {
  try {
    message.value ||= sessionStorage.getItem(DRAFT) ?? "";
    sessionStorage.removeItem(DRAFT);
  } catch {}
}

function fail(error) {
  if (failed() || signal.aborted) return;
  page.dataset.boot = "failed";
  const notice = document.getElementById("notice-piece").content.firstElementChild.cloneNode(true);
  const part = (name) => notice.querySelector(`[data-part="${name}"]`);
  part("text").textContent = reasonOf(error);
  part("details").hidden = false;
  part("details-text").textContent = `${detailsOf(error)}\n${navigator.userAgent}`;
  const copy = part("copy");
  copy.hidden = false;
  copy.addEventListener("click", () => navigator.clipboard?.writeText(part("details-text").textContent));
  const reload = notice.querySelector('[data-action="dismiss"]');
  reload.textContent = "Reload the page";
  reload.addEventListener("click", () => {
    keepDraft();
    location.reload();
  });
  document.getElementById("notices").append(notice);
  status.textContent = "";
  step.textContent = "Halt could not start. What you typed stays here, also when you reload.";
}

// Firefox and Safari leave out of a stack what was said.
function detailsOf(error) {
  const [said, stack] = [String(error), error?.stack ?? ""];
  return stack.includes(said) ? stack : `${said}\n${stack}`;
}

function reasonOf(error) {
  const text = String(error?.message ?? error);
  if (typeof WebAssembly !== "object") {
    return "Halt could not start: this browser has no WebAssembly, or a setting turned it off. Turn it on (in Edge, Safari "
      + "and Firefox a lockdown or strictest-security mode disables it) or open Halt in another browser, then reload.";
  }
  const ofFile = text.startsWith("The file "); // runtime.mjs says so, and names an address that may hold any word
  if (!ofFile && /storage|SecurityError|IndexedDB|insecure/i.test(text)) {
    return "Halt could not start: this browser blocks storage for this page. Allow site data for this address, then reload.";
  }
  if (ofFile || /fetch|404|load|import|missing|network|HTTP/i.test(text)) {
    return "Halt could not start: one of its files did not arrive as it should. Check the connection and reload; if you "
      + "host Halt yourself, look whether the file named in the details is on your server, whole and with its media type.";
  }
  return "Halt could not start. Reload the page; if that does not help, report the details below.";
}

document.addEventListener("halt:ready", () => {
  untilReady.abort();
  clearInterval(ticking);
  for (const control of document.querySelectorAll("[data-until-ready]")) control.disabled = false;
}, { once: true });

document.addEventListener("halt:waiting", sayWhetherItWaits, { signal });
document.addEventListener("halt:boot", (event) => {
  if (!failed()) page.dataset.boot = event.detail.step;
  say();
}, { signal });
document.addEventListener("halt:boot-failed", (event) => fail(event.detail.error), { signal });

bringDraft();
const ticking = setInterval(say, 250);
say();
if (waits()) sayWhetherItWaits();
import("./start.mjs").catch((error) => {
  document.dispatchEvent(new CustomEvent("halt:boot-failed", { detail: { error } }));
});
