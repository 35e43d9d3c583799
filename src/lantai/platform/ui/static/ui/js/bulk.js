// The bar of acts on many rows: appears when a row is ticked and counts what is ticked.

const boxes = () => [...document.querySelectorAll("input[form=bulk][name=ids]")];
const bar = () => document.querySelector("form[data-bulk]");

function refresh() {
  const form = bar();
  if (!form) return;
  const ticks = boxes();
  const count = ticks.filter((box) => box.checked).length;
  for (const box of ticks) box.closest("tr").classList.toggle("ticked", box.checked);
  form.classList.toggle("bulk-on", count > 0);
  const all = document.querySelector("[data-tick-all]");
  if (all) {
    all.hidden = false;
    all.checked = count > 0 && count === ticks.length;
    all.indeterminate = count > 0 && count < ticks.length;
  }
  const every = form.querySelector("[name=every]");
  form.querySelector("[data-bulk-every]").hidden = count < ticks.length;
  if (count < ticks.length) every.checked = false;
  const words = form.querySelector("[data-bulk-count]");
  words.hidden = every.checked;
  words.textContent = words.dataset.text.replace("%s", String(count));
}

let last = null;

function extend(event) {
  const box = event.target.closest?.("input[form=bulk][name=ids]");
  if (!box) return;
  const all = boxes();
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const other of all.slice(from, to + 1)) other.checked = box.checked;
  }
  last = box;
  refresh();
}

export function watchBulk() {
  refresh();
  document.addEventListener("htmx:load", refresh);
  document.addEventListener("click", extend);
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-tick-all]")) for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.matches?.("[data-tick-all], input[form=bulk], [data-bulk] [name=every]")) refresh();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-bulk]") || !event.submitter?.hasAttribute("data-needs-reason")) return;
    const reason = event.target.querySelector("[name=reason]");
    if (reason.value.trim()) return;
    event.preventDefault();
    delete event.target.dataset.sent;
    reason.focus();
  }, true);
}
