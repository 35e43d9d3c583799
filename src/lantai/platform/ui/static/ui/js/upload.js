// Uploading: files and folders, by choice or by drag and drop, resumable; a plain form without JavaScript.
import { Refused, TusFile } from "./tus.js";

const sizeText = (bytes) => {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let amount = bytes, unit = 0;
  while (amount >= 1000 && unit < units.length - 1) { amount /= 1000; unit += 1; }
  return `${amount.toFixed(unit && amount < 100 ? 1 : 0)} ${units[unit]}`;
};

async function entriesOf(entry, path = "") {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => { entry.file(resolve, reject); });
    return [[file, path + entry.name]];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) { // a reader gives at most 100 entries at a time
    const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (!some.length) break;
    found.push(...some);
  }
  const nested = await Promise.all(found.map((inner) => entriesOf(inner, `${path}${entry.name}/`)));
  return nested.flat();
}

class Upload {
  constructor(form) {
    this.form = form;
    this.list = form.querySelector(".drop-files");
    this.pause = form.querySelector("[data-pause-all]");
    this.submit = form.querySelector("[data-submit]");
    this.items = [];
    this.isRunning = false;
    this.isPaused = false;
    this.total = document.createElement("p");
    this.total.className = "figures";
    this.total.setAttribute("role", "status");
    this.list.after(this.total);
    this.submit.hidden = true;
    this.listen();
  }

  listen() {
    const folder = this.form.querySelector("[data-folder]");
    if (folder && "webkitdirectory" in document.createElement("input")) folder.hidden = false;
    this.form.addEventListener("change", (event) => {
      if (event.target.type !== "file") return;
      this.add([...event.target.files].map((file) => [file, file.webkitRelativePath || file.name]));
      event.target.value = "";
    });
    this.form.addEventListener("dragover", (event) => { event.preventDefault(); this.form.classList.add("drop-over"); });
    this.form.addEventListener("dragleave", () => this.form.classList.remove("drop-over"));
    this.form.addEventListener("drop", (event) => this.drop(event));
    this.pause.addEventListener("click", () => this.toggle());
    window.addEventListener("online", () => { if (!this.isPaused && this.items.some((item) => !item.isDone)) this.run(); });
    window.addEventListener("beforeunload", (event) => { if (this.isRunning) event.preventDefault(); });
  }

  async drop(event) {
    event.preventDefault();
    this.form.classList.remove("drop-over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const found = await Promise.all(entries.map((entry) => entriesOf(entry)));
    this.add(found.flat());
  }

  add(pairs) {
    const known = new Set(this.items.map((item) => item.tus.key));
    for (const [file, path] of pairs) {
      const item = this.item(file, path);
      if (known.has(item.tus.key)) item.line.remove(); else this.items.push(item);
    }
    this.show();
    this.run();
  }

  item(file, path) {
    const line = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = path;
    const figures = document.createElement("span");
    figures.className = "figures";
    const bar = document.createElement("progress");
    bar.max = Math.max(file.size, 1);
    bar.value = 0;
    bar.setAttribute("aria-label", path);
    line.append(name, figures, bar);
    this.list.append(line);
    const onProgress = (offset) => {
      bar.value = file.size ? offset : 1;
      figures.textContent = `${sizeText(offset)} / ${sizeText(file.size)}`;
    };
    const token = this.form.querySelector("[name=csrfmiddlewaretoken]").value;
    const tus = new TusFile(file, path, { url: this.form.dataset.upload, token, onProgress });
    const item = { tus, figures, line, isDone: false };
    line.append(this.remover(item));
    return item;
  }

  /** Take one file off the list again; what of it arrived is forgotten by the server in its own time. */
  remover(item) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button-bare";
    button.textContent = this.form.dataset.remove;
    button.setAttribute("aria-label", `${this.form.dataset.remove} ${item.tus.path}`);
    button.addEventListener("click", () => {
      item.tus.pause();
      item.tus.forget();
      this.items = this.items.filter((other) => other !== item);
      item.line.remove();
      this.show();
    });
    return button;
  }

  /** One file after the other; one that fails is passed over, and the rest still goes. */
  async run() {
    if (this.isRunning) return;
    this.isRunning = true;
    this.isPaused = false;
    this.pause.hidden = false;
    this.pause.textContent = this.form.dataset.pause;
    const tried = new Set();
    for (let next = this.next(tried); next && !this.isPaused; next = this.next(tried)) {
      tried.add(next);
      await this.one(next);
    }
    this.isRunning = false;
    if (!this.isPaused && this.items.length && this.items.every((item) => item.isDone)) this.finish();
    else this.pause.textContent = this.form.dataset.retry;
    this.pause.hidden = !this.items.length;
  }

  next(tried) {
    return this.items.find((item) => !item.isDone && !tried.has(item));
  }

  async one(item) {
    try {
      item.isDone = await item.tus.send();
      item.figures.textContent = item.isDone ? this.form.dataset.finished : this.form.dataset.paused;
    } catch (error) {
      item.figures.textContent = error instanceof Refused && error.message ? error.message : this.form.dataset.failed;
    }
    this.show();
  }

  /** How many files are there, of how many. */
  show() {
    this.total.textContent = this.items.length > 1 ? `${this.items.filter((item) => item.isDone).length} / ${this.items.length}` : "";
  }

  toggle() {
    if (!this.isRunning) { this.run(); return; }
    this.isPaused = true;
    for (const item of this.items) item.tus.pause();
  }

  finish() {
    this.pause.hidden = true;
    for (const { tus } of this.items) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = "uploads";
      input.value = tus.location;
      this.form.append(input);
      tus.forget();
    }
    this.form.submit();
  }
}

export function watchUploads() {
  const prepare = (root) => {
    for (const form of root.querySelectorAll("form[data-upload]:not([data-ready])")) {
      form.dataset.ready = "1";
      new Upload(form);
    }
  };
  prepare(document);
  document.addEventListener("htmx:load", (event) => prepare(event.target.parentElement ?? document));
}
