// One file to the server in resumable pieces: tus 1.0 core and creation.

const VERSION = { "Tus-Resumable": "1.0.0" };
const CHUNK = 8 * 1024 * 1024;
const PAUSES_MS = [1000, 3000, 8000, 20000];

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** Wait, but no longer than until the line is back. */
const rest = (ms) => new Promise((resolve) => {
  const wake = () => { clearTimeout(timer); window.removeEventListener("online", wake); resolve(); };
  const timer = setTimeout(wake, ms);
  window.addEventListener("online", wake);
});

/** The server will not take it: trying again changes nothing. */
export class Refused extends Error {}

export class TusFile {
  constructor(file, path, { url, token, onProgress }) {
    Object.assign(this, { file, path, url, token, onProgress, location: "", offset: 0, isPaused: false });
    this.key = `tus ${url} ${path} ${file.size} ${file.lastModified}`;
  }

  headers(more = {}) {
    return { ...VERSION, "X-CSRFToken": this.token, ...more };
  }

  async create() {
    const pairs = { filename: this.file.name, relativePath: this.path, filetype: this.file.type };
    const metadata = Object.entries(pairs).map(([name, value]) => `${name} ${base64(value)}`).join(",");
    const headers = this.headers({ "Upload-Length": String(this.file.size), "Upload-Metadata": metadata });
    const answer = await fetch(this.url, { method: "POST", headers });
    if (answer.status !== 201) throw await this.failure(answer);
    this.location = new URL(answer.headers.get("Location"), new URL(this.url, location.href)).href;
    this.offset = 0;
    this.remember();
  }

  /** What the server said is kept as the reason; its own troubles may pass, a refusal will not. */
  async failure(answer) {
    const said = await answer.json().then((body) => body.message, () => "");
    const mayPass = answer.status >= 500 || answer.status === 429 || answer.status === 423;
    return mayPass && answer.status !== 507 ? new Error(said) : new Refused(said);
  }

  remember() {
    try { localStorage.setItem(this.key, this.location); } catch { /* a full or closed storage only costs resuming after a reload */ }
  }

  /** Once the form has the file, the page need not find it again. */
  forget() {
    try { localStorage.removeItem(this.key); } catch { /* as above */ }
  }

  known() {
    try { return localStorage.getItem(this.key); } catch { return null; }
  }

  /** Ask the server how much it has; false when it knows nothing of the file any more. */
  async resume() {
    const answer = await fetch(this.location, { method: "HEAD", headers: this.headers() });
    if (answer.status >= 500) throw new Error(`HEAD ${answer.status}`);
    if (!answer.ok || Number(answer.headers.get("Upload-Length")) !== this.file.size) return false;
    this.offset = Number(answer.headers.get("Upload-Offset"));
    return true;
  }

  /** Go on with what was begun before the line broke, the page was left or the browser closed; else begin. */
  async find() {
    const known = this.location || this.known();
    if (known) {
      this.location = known;
      if (await this.resume()) return;
      this.location = "";
    }
    await this.create();
  }

  async piece() {
    const body = this.file.slice(this.offset, this.offset + CHUNK);
    const headers = this.headers({ "Upload-Offset": String(this.offset), "Content-Type": "application/offset+octet-stream" });
    this.cut = new AbortController();
    const answer = await fetch(this.location, { method: "PATCH", headers, body, signal: this.cut.signal });
    if (answer.status === 409) { await this.resume(); return; }
    if (!answer.ok) throw await this.failure(answer);
    this.offset = Number(answer.headers.get("Upload-Offset"));
  }

  /** Stop now; the piece under way is cut off, and what of it arrived counts. */
  pause() {
    this.isPaused = true;
    this.cut?.abort();
  }

  /** Send what is missing; resolves to true when all is there, false when paused. Lost connections are retried. */
  async send() {
    let failures = 0, isFound = false;
    this.isPaused = false;
    while (!isFound || this.offset < this.file.size) {
      if (this.isPaused) return false;
      try {
        if (isFound) await this.piece(); else { await this.find(); isFound = true; }
        failures = 0;
      } catch (error) {
        if (this.isPaused) return false;
        if (error instanceof Refused || failures >= PAUSES_MS.length) throw error;
        await rest(PAUSES_MS[failures]);
        failures += 1;
        isFound = false; // the server says how much of the broken piece it has
      }
      this.onProgress(this.offset);
    }
    return true;
  }
}
