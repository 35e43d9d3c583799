// The portal declares only the characters of its own pages. Where a page shows others, and the machine
// (a kiosk, say) has no Chinese font of its own, the stylesheet with all of them is loaded too.

const SAMPLE = "档";

function hasChineseFont() {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const draw = (char) => {
    pen.clearRect(0, 0, 64, 64);
    pen.fillText(char, 8, 40);
    return pen.getImageData(0, 0, 64, 64).data.join();
  };
  pen.canvas.width = pen.canvas.height = 64;
  pen.font = "32px system-ui, sans-serif";
  return draw(SAMPLE) !== draw("\u{10FFFD}") && draw(SAMPLE) !== draw("案");
}

function declared() {
  const ranges = [...document.fonts].flatMap((face) => face.unicodeRange.split(","));
  return ranges.map((range) => range.trim().slice(2).split("-").map((end) => parseInt(end, 16)));
}

function showsOthers() {
  const known = declared();
  const shown = new Set(document.body.innerText);
  return [...shown].some((char) => {
    const point = char.codePointAt(0);
    return point > 0x2e7f && !known.some(([first, last = first]) => point >= first && point <= last);
  });
}

/** Chromium keeps some words drawn without the fonts that came later; a setting it has not seen yet ("kern" of any
    value above 0 is kerning, the usual) makes it draw them anew. */
export function watchFonts() {
  let times = 0;
  const redraw = () => {
    times += 1;
    document.documentElement.style.fontFeatureSettings = `"kern" ${times}`;
  };
  document.fonts.ready.then(redraw);
  document.fonts.addEventListener("loadingdone", redraw);
}

export function loadFonts() {
  const url = document.querySelector("script[data-fonts]")?.dataset.fonts;
  if (!url || hasChineseFont() || !showsOthers()) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = url;
  document.head.append(link);
}
