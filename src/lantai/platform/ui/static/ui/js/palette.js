// Ctrl+K: go anywhere the menu leads by typing part of its name.

const URL_OF_LINES = document.documentElement.dataset.palette;
let lines = null;

async function load() {
  if (lines) return lines;
  const answer = await fetch(URL_OF_LINES, { headers: { Accept: "application/json" } });
  lines = answer.ok ? (await answer.json()).lines : [];
  return lines;
}

function matching(all, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((line) => words.every((word) => `${line.section} ${line.label}`.toLowerCase().includes(word))).slice(0, 12);
}

function item(line, number) {
  const option = document.createElement("li");
  option.id = `palette-${number}`;
  option.setAttribute("role", "option");
  option.dataset.url = line.url;
  const section = document.createElement("span");
  section.className = "hint";
  section.textContent = line.section;
  option.append(section, line.label);
  return option;
}

function select(list, input, number) {
  const options = [...list.children];
  if (!options.length) return;
  const at = (number + options.length) % options.length;
  options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
  input.setAttribute("aria-activedescendant", options[at].id);
  options[at].scrollIntoView({ block: "nearest" });
  list.dataset.at = String(at);
}

function go(list) {
  const option = list.children[Number(list.dataset.at)];
  if (option) location.assign(option.dataset.url);
}

async function openPalette() {
  const box = document.getElementById("find");
  const dialog = document.createElement("dialog");
  dialog.className = "palette";
  const input = document.createElement("input");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", "palette-list");
  input.placeholder = document.getElementById("menu")?.getAttribute("aria-label") ?? box?.placeholder ?? "";
  input.setAttribute("aria-label", input.placeholder);
  const list = document.createElement("ul");
  list.id = "palette-list";
  list.setAttribute("role", "listbox");
  dialog.append(input, list);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  const all = await load();
  const show = () => { list.replaceChildren(...matching(all, input.value).map(item)); select(list, input, 0); };
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    const at = Number(list.dataset.at ?? 0);
    if (event.key === "ArrowDown") { event.preventDefault(); select(list, input, at + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); select(list, input, at - 1); }
    if (event.key === "Enter") { event.preventDefault(); go(list); }
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
  show();
}

export function watchPalette() {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    if (!URL_OF_LINES || typeof HTMLDialogElement === "undefined" || document.querySelector("dialog.palette")) return;
    event.preventDefault();
    openPalette();
  });
}
