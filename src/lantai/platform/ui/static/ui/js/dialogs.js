// Menus close when one looks elsewhere; acts that ask first open as a dialog instead of a drop-down.

export function watchMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details.menu[open]") ?? document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

function ask(details) {
  const panel = details.querySelector(".menu-panel");
  const form = panel.querySelector("form");
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", details.querySelector("summary").textContent.trim());
  dialog.append(form);
  document.body.append(dialog);
  const close = form.querySelector("[data-close]");
  close.hidden = false;
  close.onclick = () => dialog.close();
  dialog.addEventListener("close", () => {
    panel.append(form); // what was typed stays for the next time
    dialog.remove();
    details.querySelector("summary").focus();
  });
  dialog.showModal();
  (form.querySelector("textarea, input:not([type=hidden])") ?? close).focus();
}

export function watchDialogs() {
  document.addEventListener("click", (event) => {
    const summary = event.target.closest?.("details[data-ask] > summary");
    if (!summary || typeof HTMLDialogElement === "undefined") return;
    event.preventDefault();
    ask(summary.parentElement);
  });
}
