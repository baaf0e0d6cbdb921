// Why this is JavaScript: the AI SDK and React are.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { useChat } from "@ai-sdk/react";
import { DirectChatTransport, ToolLoopAgent } from "ai";
import { createElement as h, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { Streamdown } from "streamdown";

const provider = new URLSearchParams(location.search).get("provider");
const agent = new ToolLoopAgent({
  model: createOpenAICompatible({ name: "bench", baseURL: provider }).chatModel("bench"),
});
const transport = new DirectChatTransport({ agent });

function Message({ message, streaming }) {
  const parts = message.parts.map((part, index) =>
    part.type === "text"
      ? h("div", { key: index, className: "reply" }, h(Streamdown, { isAnimating: streaming }, part.text))
      : null,
  );
  return h("article", { className: message.role }, parts);
}

function Chat() {
  const { messages, sendMessage, status, stop } = useChat({ transport });
  const [input, setInput] = useState("");
  const end = useRef(null);
  const busy = status === "submitted" || status === "streaming";
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [messages]);
  const submit = (event) => {
    event.preventDefault();
    if (busy || !input.trim()) return;
    sendMessage({ text: input });
    setInput("");
  };
  return h(
    "main",
    null,
    messages.map((message) => h(Message, { key: message.id, message, streaming: status === "streaming" })),
    h("div", { ref: end }),
    h(
      "form",
      { onSubmit: submit },
      h("input", { value: input, onChange: (event) => setInput(event.target.value), "aria-label": "Message" }),
      busy
        ? h("button", { type: "button", className: "stop", onClick: () => stop() }, "Stop")
        : h("button", { type: "submit" }, "Send"),
    ),
  );
}

createRoot(document.getElementById("root")).render(h(Chat));
