// Why this is JavaScript: it watches the page from inside, before anything else runs there. It notes when presses of the
// button reached the page, and each time that the replies' text grew.
(() => {
  const record = { presses: [], growth: [] };
  Object.defineProperty(window, "recorder", { value: record });

  const replies = () => document.querySelectorAll("[data-role=assistant] [data-testid=body]");
  const characters = () => [...replies()].reduce((sum, body) => sum + body.textContent.length, 0);
  let last = 0;

  const press = (event) => record.presses.push({
    made: event.timeStamp,
    reached: performance.now(),
    wall: performance.timeOrigin + event.timeStamp,
    characters: characters(),
  });
  addEventListener("click", (event) => event.target.closest?.("#send-stop") && press(event), { capture: true });
  addEventListener("keydown", (event) => event.key === "Escape" && press(event), { capture: true });

  new MutationObserver(() => {
    const now = performance.now();
    const length = characters();
    if (length > last) record.growth.push({ at: now, by: length - last });
    last = length;
  }).observe(document, { subtree: true, childList: true, characterData: true });
})();
