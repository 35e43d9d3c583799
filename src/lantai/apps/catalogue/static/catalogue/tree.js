// The tree, one stop of the tabulator: ↑ ↓ go along what is shown, → opens and goes in, ← closes or goes up, Home and
// End to the ends, typing goes to the next code or title that begins so, space ticks, enter follows or opens.

const TYPED_FOR_MS = 800;
const rows = (tree) => [...tree.querySelectorAll("[role=treeitem]")].filter((row) => row.offsetParent);
const line = (row) => row.querySelector(":scope > .tree-row") ?? row;
const link = (row) => line(row).querySelector("a:not(.quiet)");
const branch = (row) => row.querySelector(":scope > [role=group]");
const isOpener = (row) => row.hasAttribute("aria-expanded");
const isOpen = (row) => row.getAttribute("aria-expanded") === "true";

function setOpen(row, open) {
  row.setAttribute("aria-expanded", String(open));
  const below = branch(row);
  if (below) below.hidden = !open;
}

/** The row that the tabulator stops at, with the controls in it; all others are passed by. */
function settle(tree, wanted) {
  const all = [...tree.querySelectorAll("[role=treeitem]")];
  const current = wanted ?? all.find((row) => row.tabIndex === 0) ?? all.find((row) => row.hasAttribute("aria-current")) ?? all[0];
  for (const row of all) {
    row.tabIndex = row === current ? 0 : -1;
    for (const control of line(row).querySelectorAll("a, input")) {
      control.tabIndex = row === current && control !== link(row) ? 0 : -1;
    }
  }
}

function go(tree, row) {
  if (!row) return;
  settle(tree, row);
  row.focus();
  line(row).scrollIntoView({ block: "nearest" });
}

function close(tree, row) {
  if (isOpener(row) && isOpen(row)) setOpen(row, false);
  else go(tree, row.parentElement.closest("[role=treeitem]"));
}

function open(tree, row, next) {
  if (!isOpener(row) || (isOpen(row) && branch(row)?.childElementCount)) {
    if (isOpener(row)) go(tree, next);
  } else if (branch(row)?.childElementCount) setOpen(row, true);
  else link(row).click();
}

const typed = { text: "", at: 0 };

/** The next row whose code or title begins with what was typed, or whose code ends with that number. */
function begins(shown, from, key) {
  const now = Date.now();
  typed.text = (now - typed.at < TYPED_FOR_MS ? typed.text : "") + key.toLowerCase();
  typed.at = now;
  const begin = typed.text.length > 1 ? from : from + 1; // one more key may still mean the row that we are on
  return [...shown.slice(begin), ...shown.slice(0, begin)].find((row) => {
    const [code, title] = [row.dataset.code ?? "", row.dataset.title ?? ""].map((one) => one.toLowerCase());
    const last = code.split(/[-·]/).pop().replace(/^0+/, "");
    return code.startsWith(typed.text) || title.startsWith(typed.text) || last === typed.text.replace(/^0+/, "");
  });
}

function onKey(event) {
  const tree = event.currentTarget;
  const row = event.target;
  if (row.getAttribute("role") !== "treeitem" || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  const shown = rows(tree);
  const at = shown.indexOf(row);
  const tick = line(row).querySelector("input[type=checkbox]");
  const next = { ArrowDown: shown[at + 1], ArrowUp: shown[at - 1], Home: shown[0], End: shown.at(-1) };
  if (event.key in next) go(tree, next[event.key]);
  else if (event.key === "ArrowRight") open(tree, row, shown[at + 1]);
  else if (event.key === "ArrowLeft") close(tree, row);
  else if (event.key === "Enter") link(row)?.click();
  else if (event.key === " " && tick) tick.click();
  else if (/^[^\s/?]$/u.test(event.key)) go(tree, begins(shown, at, event.key));
  else return;
  event.preventDefault();
}

function onClick(event) {
  const opener = event.target.closest("a.opener");
  if (!opener?.hasAttribute("hx-get")) return;
  const row = opener.closest("[role=treeitem]");
  settle(event.currentTarget, row);
  if (!branch(row)?.childElementCount) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  setOpen(row, !isOpen(row));
}

/** Rows came: what was opened is open, and whoever stood on "go on" stands on the first of them. */
function onSwap(tree, event, stood) {
  const row = event.target.closest?.("[role=treeitem]");
  if (row && event.target.getAttribute("role") === "group") setOpen(row, true);
  const lost = stood.row && !stood.row.isConnected;
  settle(tree);
  if (lost) go(tree, rows(tree)[stood.at] ?? rows(tree).at(-1));
}

for (const tree of document.querySelectorAll("[data-tree]")) {
  const stood = { row: null, at: 0 };
  tree.addEventListener("keydown", onKey);
  tree.addEventListener("click", onClick, { capture: true });
  tree.addEventListener("focusin", (event) => {
    const row = event.target.closest("[role=treeitem]");
    if (row && event.target === row) settle(tree, row);
  });
  tree.addEventListener("htmx:beforeSwap", () => {
    const row = document.activeElement?.closest("[role=treeitem]");
    stood.row = row && tree.contains(row) ? row : null;
    stood.at = stood.row ? rows(tree).indexOf(stood.row) : 0;
  });
  // htmx tells of what was replaced to its parent
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (tree.contains(event.target) || event.target.contains?.(tree)) onSwap(tree, event, stood);
  });
  settle(tree);
  if (tree.dataset.opened) document.getElementById(tree.dataset.opened)?.scrollIntoView({ block: "center" });
}
