// Forms: nothing typed is lost, Ctrl+S saves, a button is pressed once, errors take the focus.

const dirty = new Set();

/** Conditions left open do not belong in an address. */
function dropEmpty(data) {
  for (const name of new Set([...data.keys()])) {
    const said = data.getAll(name).filter((value) => value !== "");
    data.delete(name);
    for (const value of said) data.append(name, value);
  }
}

/** Long help is open where one types. It closes only when no press is under way: what moves is not hit. */
function watchHelp() {
  let isPressed = false;
  const close = () => {
    if (isPressed) return;
    for (const field of document.querySelectorAll(".field-open")) {
      if (!field.contains(document.activeElement)) field.classList.remove("field-open");
    }
  };
  document.addEventListener("pointerdown", () => { isPressed = true; }, true);
  for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => setTimeout(() => { isPressed = false; close(); }, 100), true);
  }
  document.addEventListener("focusin", (event) => {
    event.target.closest?.(".field")?.classList.add("field-open");
    close();
  });
  document.addEventListener("focusout", () => setTimeout(close, 0));
}

export function watchForms() {
  watchHelp();
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb === "get") dropEmpty(event.detail.formData);
  });
  document.addEventListener("formdata", (event) => {
    if (event.target.method === "get") dropEmpty(event.formData);
  });
  const asked = location.hash.startsWith("#id_") ? document.getElementById(location.hash.slice(1)) : null;
  (asked ?? document.querySelector("[data-focus]"))?.focus(); // a link may name the field that is to be mended
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-guard]");
    if (form) dirty.add(form);
  });
  document.addEventListener("submit", (event) => {
    dirty.delete(event.target);
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
    setTimeout(() => delete event.target.dataset.sent, 4000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    const form = document.activeElement?.closest("form[data-guard]") ?? document.querySelector("form[data-guard]");
    if (!form) return;
    event.preventDefault();
    const named = form.querySelector('[aria-keyshortcuts="Control+S"]'); // where a second act is the primary one
    form.requestSubmit(named ?? form.querySelector(".button-primary"));
  });
}
