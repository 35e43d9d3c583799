// The portal: as little as possible; nothing here is needed for reading or for sending a form.
import { watchAppearance } from "./appearance.js";
import { watchDialogs, watchMenus } from "./dialogs.js";
import { loadFonts, watchFonts } from "./fonts.js";
import { watchForms } from "./forms.js";
import { watchReadAloud } from "./read-aloud.js";
import { watchToasts } from "./toasts.js";
import { watchUploads } from "./upload.js";

document.documentElement.classList.add("js");
watchFonts();
loadFonts();
watchToasts();
watchAppearance();
watchMenus();
watchDialogs();
watchForms();
watchReadAloud();
watchUploads();

for (const button of document.querySelectorAll("[data-back]")) {
  button.hidden = history.length < 2;
  button.addEventListener("click", () => history.back());
}
