// Rows of a list: ↑ ↓ move, space ticks, enter opens; the preview follows the row.
import { isTyping } from "./keys.js";

const PREVIEW_AFTER_MS = 150;
let waiting = 0;

const rowsOf = (table) => [...table.tBodies[0].rows];
const pane = () => document.getElementById("preview");

function preview(row) {
  const target = pane();
  if (!target || !row.dataset.preview || target.dataset.of === row.dataset.preview) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    target.dataset.of = row.dataset.preview;
    window.htmx?.ajax("GET", row.dataset.preview, { target, swap: "innerHTML" });
  }, PREVIEW_AFTER_MS);
}

function choose(row) {
  for (const other of row.parentElement.rows) {
    other.tabIndex = other === row ? 0 : -1;
    other.setAttribute("aria-selected", String(other === row));
  }
  preview(row);
}

function open(row) {
  const link = row.querySelector(".k-title a, .k-code a, .k-link a");
  const url = row.dataset.url || link?.href;
  if (url) location.assign(url);
}

function step(event, row) {
  const rows = [...row.parentElement.rows];
  const at = rows.indexOf(row);
  const next = { ArrowDown: rows[at + 1], ArrowUp: rows[at - 1], Home: rows[0], End: rows[rows.length - 1] }[event.key];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

const place = () => `row:${location.pathname}${location.search}`;
const urlOf = (row) => row.dataset.url || row.querySelector("a[href]")?.href || "";

/** Which row one was on, for the way back to this very list. */
function keep() {
  const row = document.querySelector("table[data-rows] tbody tr[aria-selected=true]");
  if (row) sessionStorage.setItem(place(), urlOf(row));
}

function comeBack() {
  if (performance.getEntriesByType("navigation")[0]?.type !== "back_forward") return;
  const url = sessionStorage.getItem(place());
  const row = url && [...document.querySelectorAll("table[data-rows] tbody tr")].find((one) => urlOf(one) === url);
  if (row) row.focus();
}

function prepare(root) {
  for (const table of root.querySelectorAll("table[data-rows]")) {
    rowsOf(table).forEach((row, number) => { row.tabIndex = number === 0 ? 0 : -1; });
  }
}

function closePreview() {
  const target = pane();
  if (!target || !target.hasChildNodes()) return;
  target.replaceChildren();
  delete target.dataset.of;
}

export function watchRows() {
  prepare(document);
  window.addEventListener("pagehide", keep);
  document.addEventListener("htmx:load", (event) => prepare(event.target.parentElement ?? document));
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("table[data-rows] tbody tr");
    if (row) choose(row);
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("table[data-rows] tbody tr");
    if (row && !event.target.closest("a, button, input, label")) row.focus();
  });
  document.addEventListener("dblclick", (event) => {
    const row = event.target.closest?.("table[data-rows] tbody tr");
    if (row && !event.target.closest("a, button, input, label")) open(row);
  });
  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("table[data-rows] tbody tr");
    if (event.key === "Escape") closePreview();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!row) {
      const first = document.querySelector("table[data-rows] tbody tr[tabindex='0']");
      if (event.key === "ArrowDown" && first && document.activeElement === document.body) { event.preventDefault(); first.focus(); }
      return;
    }
    if (isTyping(event.target)) return;
    if (event.key === "Enter" && event.target === row) open(row);
    else if (event.key === " " && event.target === row) { event.preventDefault(); row.querySelector(".tick input")?.click(); }
    else step(event, row);
  });
  comeBack();
}
