// Why this is JavaScript: deep-chat is a web component.
import "deep-chat";

const provider = new URLSearchParams(location.search).get("provider");
const chat = document.createElement("deep-chat");
chat.directConnection = { openAI: { key: "none", completions: { model: "bench" } } };
chat.connect = { url: `${provider}/chat/completions`, stream: true };
chat.requestBodyLimits = { maxMessages: 0 }; // all messages go with each question
chat.browserStorage = true;
chat.style.cssText = "width: 100vw; height: 100vh; border: 0";
document.body.append(chat);
