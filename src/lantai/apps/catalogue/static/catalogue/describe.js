// Describing: what is typed keeps itself on the server, and names are offered while one types.

const KEEP_AFTER_MS = 4000;
const ASK_AFTER_MS = 200;

function keepItself(status) {
  const form = status.closest("form");
  let waiting = 0;
  const keep = async () => {
    const data = new FormData(form);
    try {
      const answer = await fetch(status.dataset.draft, { method: "POST", body: data, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const { saved_at: at } = await answer.json();
      status.textContent = `${status.dataset.saved} ${new Date(at).toLocaleTimeString()}`;
    } catch {
      status.textContent = status.dataset.failed;
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, KEEP_AFTER_MS);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
}

function offer(input) {
  const list = document.createElement("datalist");
  list.id = `${input.id}_offered`;
  input.after(list);
  input.setAttribute("list", list.id);
  let waiting = 0;
  let asked = "";
  const ask = async () => {
    const text = input.value.split(/[、；;，,]/).pop().trim();
    if (!text || text === asked) return;
    asked = text;
    const answer = await fetch(`${input.dataset.suggest}&q=${encodeURIComponent(text)}`).catch(() => null);
    if (!answer?.ok) return; // nothing is offered; what is typed counts all the same
    const before = input.value.slice(0, input.value.length - text.length);
    const { values } = await answer.json();
    list.replaceChildren(...values.map(({ value, hint }) => {
      const option = document.createElement("option");
      option.value = before + value;
      option.label = hint;
      return option;
    }));
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, ASK_AFTER_MS);
  });
}

for (const status of document.querySelectorAll("[data-draft]")) keepItself(status);
for (const input of document.querySelectorAll("input[data-suggest]")) offer(input);
