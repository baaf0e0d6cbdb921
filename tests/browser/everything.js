// Everything that the page has stored and shows, as texts by the place where they are. JavaScript, since it runs in the page that is
// searched, beside Python and without its help.
async () => {
  const found = {
    address: location.href,
    title: document.title,
    cookies: document.cookie,
    name: window.name,
    state: JSON.stringify(history.state),
    page: document.documentElement.outerHTML,
    // What is typed into a field that is no password field stands on the screen.
    fields: [...document.querySelectorAll("input:not([type=password]), textarea")].map((one) => one.value).join("\n"),
    timing: performance.getEntries().map((one) => one.name).join("\n"),
  };
  for (const area of ["localStorage", "sessionStorage"])
    for (const [name, value] of Object.entries(window[area])) found[`${area} ${name}`] = `${name}\n${value}`;
  const binary = (_, value) =>
    value instanceof ArrayBuffer || ArrayBuffer.isView(value)
      ? new TextDecoder().decode(value)
      : value instanceof CryptoKey ? "a CryptoKey" : value;
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((done) => (indexedDB.open(name).onsuccess = (event) => done(event.target.result)));
    for (const store of database.objectStoreNames) {
      const rows = await new Promise(
        (done) => (database.transaction(store).objectStore(store).getAll().onsuccess = (event) => done(event.target.result)),
      );
      found[`indexedDB ${name} ${store}`] = JSON.stringify(rows, binary);
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found[`cache ${request.url}`] = request.url + (await (await cache.match(request)).text());
    }
  }
  return found;
}
