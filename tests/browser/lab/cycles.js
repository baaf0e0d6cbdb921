// Why this is JavaScript: it presses keys at the page's own pace, a thousand times, and counts timers and frames, which
// no tool does. It runs in the page before anything else.
(() => {
  const open = new Map([["timers", new Set()], ["frames", new Set()]]);

  function count(kind, ask, callOff) {
    const live = open.get(kind);
    const { [ask]: asked, [callOff]: calledOff } = window;
    window[ask] = (callback, ...rest) => {
      const id = asked.call(window, (...args) => (live.delete(id), callback(...args)), ...rest);
      live.add(id);
      return id;
    };
    window[callOff] = (id) => (live.delete(id), calledOff.call(window, id));
  }
  count("timers", "setTimeout", "clearTimeout");
  count("frames", "requestAnimationFrame", "cancelAnimationFrame");

  const { setTimeout: countedTimeout } = window;
  const pause = (ms) => new Promise((done) => countedTimeout(done, ms));
  const press = (target, key) =>
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

  // One cycle: ask, stop after `ms`, take the turns away again.
  async function cycle(ms, byClick) {
    const message = document.getElementById("message");
    const button = document.getElementById("send-stop");
    message.value = "Go";
    message.dispatchEvent(new Event("input", { bubbles: true }));
    press(message, "Enter");
    if (button.dataset.state !== "stop") throw new Error("Enter did not start a reply");
    if (ms) await pause(ms);
    if (byClick) button.click();
    else press(message, "Escape");
    if (button.dataset.state !== "send") throw new Error("the reply did not stop");
    const remove = document.querySelector('#log [data-role="user"] [data-action="delete"]');
    while (remove.disabled) await pause(5); // the views follow a stop
    remove.click();
    if (document.querySelector("#log article")) throw new Error("a turn stayed");
  }

  window.cycles = async (plan) => {
    for (const { ms, byClick } of plan) await cycle(ms, byClick);
  };
  window.openTimers = () => open.get("timers").size + open.get("frames").size;
})();
