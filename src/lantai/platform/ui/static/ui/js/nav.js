// The line of the menu that one stands on is in sight, however long the menu is.

export function showPlaceInMenu() {
  const nav = document.querySelector(".desk-nav");
  const here = nav?.querySelector("[aria-current]");
  if (!here) return;
  const [outer, inner] = [nav.getBoundingClientRect(), here.getBoundingClientRect()];
  if (inner.bottom > outer.bottom) nav.scrollTop += inner.top - outer.top - nav.clientHeight / 2;
}
