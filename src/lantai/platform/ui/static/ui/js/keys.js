// "/" goes to the search box of the page.

export function isTyping(element) {
  return Boolean(element?.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]"));
}

export function watchKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(document.activeElement)) return;
    const box = document.getElementById("find") ?? document.getElementById("list-q");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}
