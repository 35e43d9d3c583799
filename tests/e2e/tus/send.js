// Sends a file with tus-js-client, which tries again by itself; prints what the server said last.
//   node send.js ADDRESS FILE COOKIES CSRF
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import * as tus from "tus-js-client";

const [address, path, cookies, csrf] = process.argv.slice(2);
let said = "";
const upload = new tus.Upload(await readFile(path), {
  endpoint: address,
  retryDelays: Array(20).fill(100),
  metadata: { filename: basename(path) },
  headers: { Cookie: cookies, "X-CSRFToken": csrf },
  onAfterResponse: (_request, response) => { said = response.getBody() || said; },
  onError: (error) => { console.error(String(error)); process.exit(1); },
  onSuccess: () => console.log(said),
});
upload.start();
