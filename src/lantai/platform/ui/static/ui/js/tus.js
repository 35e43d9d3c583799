// One file to the server in resumable pieces: tus 1.0 core and creation.

const VERSION = { "Tus-Resumable": "1.0.0" };
const CHUNK = 8 * 1024 * 1024;
const PAUSES_MS = [1000, 3000, 8000, 20000];

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

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
    if (answer.status !== 201) throw new Refused(`POST ${answer.status}`);
    this.location = new URL(answer.headers.get("Location"), new URL(this.url, location.href)).href;
    this.offset = 0;
    localStorage.setItem(this.key, this.location);
  }

  /** Ask the server how much it has; false when it knows nothing of the file any more. */
  async resume() {
    const answer = await fetch(this.location, { method: "HEAD", headers: this.headers() });
    if (!answer.ok) return false;
    this.offset = Number(answer.headers.get("Upload-Offset"));
    return true;
  }

  async find() {
    const known = localStorage.getItem(this.key);
    if (known) {
      this.location = known;
      if (await this.resume()) return;
    }
    await this.create();
  }

  async piece() {
    const body = this.file.slice(this.offset, this.offset + CHUNK);
    const headers = this.headers({ "Upload-Offset": String(this.offset), "Content-Type": "application/offset+octet-stream" });
    const answer = await fetch(this.location, { method: "PATCH", headers, body });
    if (answer.status === 409) { await this.resume(); return; }
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) throw new Refused(`PATCH ${answer.status}`);
    if (!answer.ok) throw new Error(`PATCH ${answer.status}`);
    this.offset = Number(answer.headers.get("Upload-Offset"));
  }

  /** Send what is missing; resolves to true when all is there, false when paused. Lost connections are retried. */
  async send() {
    if (!this.location) await this.find();
    let failures = 0;
    this.onProgress(this.offset);
    while (this.offset < this.file.size) {
      if (this.isPaused) return false;
      try {
        await this.piece();
        failures = 0;
      } catch (error) {
        if (error instanceof Refused || failures >= PAUSES_MS.length) throw error;
        await sleep(PAUSES_MS[failures]);
        failures += 1;
        await this.resume().catch(() => false);
      }
      this.onProgress(this.offset);
    }
    localStorage.removeItem(this.key);
    return true;
  }
}
