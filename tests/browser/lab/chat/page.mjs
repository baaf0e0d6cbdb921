// Why this is JavaScript: it is a page for the bench's driver to see through, as small as a chat can be. Its address names
// the provider and its lie: "writes" on after a Stop, leaves the connection "open", "loses" what stood there, "hides" in a
// worker what it loads, or none.
const asked = new URLSearchParams(location.search);
const provider = asked.get("provider");
const lie = asked.get("lie");
const log = document.getElementById("log");
const stop = document.getElementById("stop");
const field = document.getElementById("message");
const messages = JSON.parse(localStorage.getItem("messages") ?? "[]");
let stopRun = null;

function show({ role, content }) {
  const line = document.createElement("p");
  line.className = role;
  line.textContent = content;
  log.append(line);
  return line;
}

const keep = () => localStorage.setItem("messages", JSON.stringify(messages));

async function answer(reply, line, signal, state) {
  const body = JSON.stringify({ model: "lab", stream: true, messages: messages.slice(0, -1) });
  const response = await fetch(`${provider}/chat/completions`, { method: "POST", body, signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const one of lines.filter((text) => text.startsWith("data: {"))) {
      const text = JSON.parse(one.slice(6)).choices[0]?.delta.content ?? "";
      if (state.stopped) continue;
      reply.content += text;
      line.append(text);
    }
  }
}

// Five more characters every 50 ms, ten times.
function writeOn(reply, line, left = 10) {
  reply.content += "late ";
  line.append("late ");
  if (left > 1) setTimeout(writeOn, 50, reply, line, left - 1);
}

document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const question = { role: "user", content: field.value };
  const reply = { role: "assistant", content: "" };
  field.value = "";
  messages.push(question, reply);
  show(question);
  const line = show(reply);
  const controller = new AbortController();
  const state = { stopped: false };
  stop.hidden = false;
  stopRun = () => {
    state.stopped = true;
    stop.hidden = true;
    if (lie !== "open") controller.abort();
    if (lie === "writes") setTimeout(writeOn, 50, reply, line);
    if (lie === "loses") {
      reply.content = line.textContent = "";
      messages.pop();
    }
    keep();
  };
  try {
    if (lie === "hides") await new Promise((done) => (new Worker("worker.js").onmessage = done));
    await answer(reply, line, controller.signal, state);
    stop.hidden = true;
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
  keep();
});

stop.addEventListener("click", () => stopRun());
messages.forEach(show);
// Until here Enter would have the browser send the form: a page loaded anew, without the provider in its address.
field.disabled = false;
