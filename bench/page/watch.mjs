// Why this is JavaScript: it counts what is taken out of the page, and holds a selection as a reader would. It is used
// in a pass of its own, so that watching costs the measured passes nothing.

const SELECTED = 8; // characters

// All nodes of a subtree, itself included.
function count(node) {
  let nodes = 1;
  for (const child of node.childNodes) nodes += count(child);
  return nodes;
}

function firstText(container) {
  const texts = document.createTreeWalker(container, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (texts.currentNode.data.trim().length >= SELECTED) return texts.currentNode;
  }
  return null;
}

export function watch(container) {
  const selection = getSelection();
  let removed = 0;
  let selected = null;
  const take = (records) => {
    for (const { removedNodes } of records) for (const node of removedNodes) removed += count(node);
  };
  const observer = new MutationObserver(take);
  observer.observe(container, { subtree: true, childList: true });
  selection.removeAllRanges();
  return {
    // Selects the first words as soon as a screenful stands below them.
    look() {
      if (selected || container.offsetHeight < 800) return;
      const node = firstText(container);
      if (!node) return;
      const start = node.data.search(/\S/);
      selection.setBaseAndExtent(node, start, node, start + SELECTED);
      selected = { node, text: selection.toString() };
    },
    result() {
      take(observer.takeRecords());
      observer.disconnect();
      const survives = selected
        ? selected.node.isConnected && selection.anchorNode === selected.node && selection.toString() === selected.text
        : null;
      selection.removeAllRanges();
      return { removed, survives };
    },
  };
}
