// Why this is JavaScript: it loads twenty files where the page that began it is not seen to load anything.
const files = Array.from({ length: 20 }, (_, number) => fetch(`page.mjs?${number}`).then((response) => response.text()));
Promise.all(files).then(() => postMessage("loaded"));
