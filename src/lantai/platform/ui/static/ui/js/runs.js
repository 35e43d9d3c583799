// A run that this page shows has ended: what else the page says of it is out of date.

const typed = (field) => ["checkbox", "radio"].includes(field.type)
  ? field.checked !== field.defaultChecked
  : field.defaultValue !== undefined && field.value !== field.defaultValue;

/** Load the page again, unless somebody is writing on it: then the bar's own link does. */
export function watchRuns() {
  document.addEventListener("run-ended", () => {
    const isOpen = document.querySelector("dialog[open], details.menu[open]");
    if (!isOpen && ![...document.querySelectorAll("input, textarea")].some(typed)) window.location.reload();
  });
}
