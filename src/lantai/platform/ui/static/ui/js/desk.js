// The desk: every part below works on its own and adds to pages that already work without it.
import { watchAppearance } from "./appearance.js";
import { watchBulk } from "./bulk.js";
import { watchDialogs, watchMenus } from "./dialogs.js";
import { watchFonts } from "./fonts.js";
import { watchForms } from "./forms.js";
import { watchKeys } from "./keys.js";
import { showPlaceInMenu } from "./nav.js";
import { watchPalette } from "./palette.js";
import { watchRows } from "./rows.js";
import { watchRuns } from "./runs.js";
import { watchToasts } from "./toasts.js";
import { watchUploads } from "./upload.js";

document.documentElement.classList.add("js");
watchFonts();
watchToasts();
watchAppearance();
watchMenus();
watchDialogs();
watchForms();
watchKeys();
showPlaceInMenu();
watchRows();
watchRuns();
watchBulk();
watchPalette();
watchUploads();
