// The tree: ↑ ↓ go along what is shown, → opens, ← closes or goes up, Home and End to the ends, enter follows.
const links = (tree) => [...tree.querySelectorAll(".tree-row > a:not(.quiet), .more > a")].filter((link) => link.offsetParent);
const item = (link) => link.closest("li");

function setOpen(node, isOpen) {
  node.setAttribute("aria-expanded", String(isOpen));
  const branch = node.querySelector(":scope > div");
  if (branch) branch.hidden = !isOpen;
}

function open(link) {
  const node = item(link);
  if (!node.hasAttribute("aria-expanded")) return false;
  if (node.getAttribute("aria-expanded") === "true") return false;
  const branch = node.querySelector(":scope > div");
  if (branch?.childElementCount) setOpen(node, true);
  else link.click();
  return true;
}

function close(link, tree) {
  const node = item(link);
  if (node.getAttribute("aria-expanded") === "true") {
    setOpen(node, false);
    return;
  }
  const above = node.parentElement.closest("li");
  if (above && tree.contains(above)) above.querySelector(".tree-row > a")?.focus();
}

function onKey(event) {
  const tree = event.currentTarget;
  const link = event.target.closest("a");
  if (!link || event.altKey || event.ctrlKey || event.metaKey) return;
  const shown = links(tree);
  const at = shown.indexOf(link);
  const next = { ArrowDown: shown[at + 1], ArrowUp: shown[at - 1], Home: shown[0], End: shown[shown.length - 1] }[event.key];
  if (next) next.focus();
  else if (event.key === "ArrowRight") { if (!open(link)) shown[at + 1]?.focus(); }
  else if (event.key === "ArrowLeft") close(link, tree);
  else if (event.key === " " && link.previousElementSibling?.type === "checkbox") link.previousElementSibling.click();
  else return;
  event.preventDefault();
}

function onClick(event) {
  const link = event.target.closest("a.opener");
  if (!link?.hasAttribute("hx-get")) return;
  const node = item(link);
  const branch = node.querySelector(":scope > div");
  if (!branch?.childElementCount) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  setOpen(node, node.getAttribute("aria-expanded") !== "true");
}

for (const tree of document.querySelectorAll("[data-tree]")) {
  tree.addEventListener("keydown", onKey);
  tree.addEventListener("click", onClick, { capture: true });
  tree.addEventListener("htmx:afterSwap", (event) => {
    const node = event.target.closest("li[aria-expanded]");
    if (node && event.target.id.startsWith("branch-")) setOpen(node, true);
  });
  if (tree.dataset.opened) document.getElementById(tree.dataset.opened)?.scrollIntoView({ block: "center" });
}
