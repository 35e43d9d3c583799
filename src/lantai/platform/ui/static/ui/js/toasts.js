// Short messages at the foot of the page, read aloud; errors stay until closed.

const LASTS_MS = 6000;

function closable(toast, region) {
  if (toast.querySelector("button")) return;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button-bare";
  close.setAttribute("aria-label", region.dataset.close);
  close.textContent = "×";
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  const isBad = toast.matches(".toast-bad, .toast-error, .toast-warn, .toast-warning");
  if (!isBad) setTimeout(() => { if (!toast.matches(":hover, :focus-within")) toast.remove(); }, LASTS_MS);
}

export function say(text, tone = "good") {
  const region = document.getElementById("toasts");
  if (!region) return;
  const toast = document.createElement("div");
  toast.className = `toast toast-${tone}`;
  const words = document.createElement("span");
  words.textContent = text;
  toast.append(words);
  region.append(toast);
  closable(toast, region);
}

export function watchToasts() {
  const region = document.getElementById("toasts");
  if (!region) return;
  for (const toast of region.querySelectorAll(".toast")) closable(toast, region);
  document.body.addEventListener("toast", (event) => say(event.detail.text, event.detail.tone));
}
