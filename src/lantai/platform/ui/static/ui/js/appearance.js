// Theme and mode at once, without leaving the page; the server keeps the choice in a cookie.

function show(name, value, neutral) {
  if (value === neutral) delete document.documentElement.dataset[name];
  else document.documentElement.dataset[name] = value;
}

export function watchAppearance() {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-appearance]");
    const button = event.submitter;
    if (!form || !button || button.name !== "theme") return; // a change of mode changes words, so it reloads
    event.preventDefault();
    const body = new FormData(form);
    body.append(button.name, button.value);
    show("theme", button.value, "auto");
    for (const other of form.querySelectorAll("[name=theme]")) other.removeAttribute("aria-current");
    button.setAttribute("aria-current", "true");
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (!answer) form.submit();
  });
}
