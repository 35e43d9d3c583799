// A table that is filled like a sheet: a block pasted from Excel runs right and down, arrows move, changes are marked.

const form = document.querySelector("form[data-grid]");

const inputs = (row) => [...row.querySelectorAll("input[data-was]")];

function mark(input) {
  input.closest("td").classList.toggle("changed-cell", input.value !== input.dataset.was);
}

/** The cells right of and below a cell, row by row. */
function blockFrom(input) {
  const cell = input.closest("td");
  const column = cell.cellIndex;
  const rows = [...cell.closest("tbody").rows].slice(cell.closest("tr").sectionRowIndex);
  return rows.map((row) => [...row.cells].slice(column).map((one) => one.querySelector("input[data-was]")));
}

function paste(event) {
  const input = event.target.closest?.("input[data-was]");
  const text = event.clipboardData?.getData("text/plain").replace(/\r?\n$/, "") ?? "";
  if (!input || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const cells = blockFrom(input);
  let lost = 0; // what did not fit is told, not dropped in silence
  text.split(/\r?\n/).forEach((line, down) => line.split("\t").forEach((value, right) => {
    const target = cells[down]?.[right];
    if (!target) { lost += value.trim() ? 1 : 0; return; }
    target.value = value.trim();
    mark(target);
    target.dispatchEvent(new Event("input", { bubbles: true }));
  }));
  const told = form.querySelector("[data-lost]");
  told.hidden = !lost;
  told.querySelector("[data-count]").textContent = lost;
}

function step(event) {
  const input = event.target.closest?.("input[data-was]");
  const by = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
  if (!input || !by || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const row = input.closest("tr");
  const at = input.closest("td").cellIndex;
  const next = row.parentElement.rows[row.sectionRowIndex + by];
  next?.cells[at]?.querySelector("input[data-was]")?.focus();
}

if (form) {
  form.addEventListener("paste", paste);
  form.addEventListener("keydown", step);
  form.addEventListener("input", (event) => { if (event.target.matches("input[data-was]")) mark(event.target); });
  for (const input of inputs(form)) mark(input);
  form.addEventListener("formdata", (event) => {
    for (const input of inputs(form)) if (input.value === input.dataset.was) event.formData.delete(input.name);
  });
}
