// "/" goes to the search box of the page and Esc back from it; "?" tells the keys.

export function isTyping(element) {
  return Boolean(element?.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]"));
}

let from = null; // where one was before "/"

function toBox(event) {
  const box = document.getElementById("find") ?? document.getElementById("list-q");
  if (!box) return;
  event.preventDefault();
  from = document.activeElement;
  box.focus();
  box.select();
}

function back(box) {
  if (from?.isConnected && from !== document.body) from.focus();
  else box.blur();
  from = null;
}

export function watchKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && event.target.matches?.("#find, #list-q")) { back(event.target); return; }
    if (isTyping(document.activeElement) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") toBox(event);
    if (event.key === "?") document.getElementById("key-list")?.showModal();
  });
}
