// Read the page aloud with the browser's own voice, sentence by sentence.

export function watchReadAloud() {
  const button = document.querySelector("[data-read-aloud]");
  if (!button || !("speechSynthesis" in window)) return;
  const label = button.querySelector("span");
  const start = label.textContent;
  const rest = () => { label.textContent = start; button.removeAttribute("aria-pressed"); };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (button.hasAttribute("aria-pressed")) { speechSynthesis.cancel(); rest(); return; }
    const text = document.getElementById("main").innerText;
    const sentences = (text.match(/[^。！？；!?\n]+[。！？；!?]?/g) ?? []).map((part) => part.trim()).filter(Boolean);
    label.textContent = button.dataset.stop;
    button.setAttribute("aria-pressed", "true");
    sentences.forEach((sentence, number) => {
      const voice = new SpeechSynthesisUtterance(sentence);
      voice.lang = document.documentElement.lang;
      voice.rate = 0.9;
      if (number === sentences.length - 1) voice.onend = rest;
      speechSynthesis.speak(voice);
    });
  });
  window.addEventListener("pagehide", () => speechSynthesis.cancel());
}
