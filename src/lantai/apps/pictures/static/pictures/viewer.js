// Pages of a record under OpenSeadragon; one page is open at a time, so a thousand pages cost no more than one.
(() => {
  const room = document.querySelector("[data-leafing]");
  if (!room || !window.OpenSeadragon) return;
  const leaves = [...room.querySelectorAll(".leafing-strip a")];
  const at = room.querySelector("[data-at]");
  const failed = room.querySelector("[data-failed]");
  // Where it finds this, OpenSeadragon writes no style of its own, which the policy for content would refuse.
  const none = Object.assign(document.createElement("style"), { type: "text/plain" });
  none.setAttribute("data-openseadragon-mobile-css", "");
  document.head.append(none);
  const glass = OpenSeadragon({
    element: room.querySelector("[data-glass]"),
    showNavigationControl: false,
    showNavigator: true,
    navigatorPosition: "BOTTOM_RIGHT",
    animationTime: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 0.6,
    maxZoomPixelRatio: 4,
    gestureSettingsTouch: { pinchRotate: false },
    drawer: "canvas",
  });
  let page = 0;

  function open(number) {
    const next = Math.min(Math.max(number, 1), leaves.length);
    if (next === page) return;
    page = next;
    failed.hidden = true;
    leaves.forEach((leaf, index) => index === page - 1 ? leaf.setAttribute("aria-current", "page") : leaf.removeAttribute("aria-current"));
    leaves[page - 1].scrollIntoView({ block: "nearest", inline: "nearest" });
    at.textContent = page;
    history.replaceState(null, "", `#${page}`);
    glass.open(leaves[page - 1].dataset.info);
  }

  const acts = {
    before: () => open(page - 1),
    after: () => open(page + 1),
    in: () => glass.viewport.zoomBy(1.5).applyConstraints(),
    out: () => glass.viewport.zoomBy(1 / 1.5).applyConstraints(),
    whole: () => { glass.viewport.setRotation(0); glass.viewport.goHome(); },
    turn: () => glass.viewport.setRotation((glass.viewport.getRotation() + 90) % 360),
    full: () => document.fullscreenElement ? document.exitFullscreen() : room.requestFullscreen(),
  };
  const keys = { ArrowLeft: "before", PageUp: "before", ArrowRight: "after", PageDown: "after", "+": "in", "=": "in",
    "-": "out", 0: "whole", r: "turn", R: "turn", f: "full", F: "full" };

  room.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    const leaf = event.target.closest(".leafing-strip a");
    if (button) acts[button.dataset.do]();
    if (leaf) { event.preventDefault(); open(leaves.indexOf(leaf) + 1); }
  });
  document.addEventListener("keydown", (event) => {
    const name = keys[event.key];
    if (!name || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    acts[name]();
  }, true);
  glass.addHandler("open-failed", () => { failed.hidden = false; });
  glass.addHandler("open", () => { room.dataset.open = String(page); });
  window.addEventListener("hashchange", () => open(Number(location.hash.slice(1)) || 1));
  open(Number(location.hash.slice(1)) || 1);
})();
