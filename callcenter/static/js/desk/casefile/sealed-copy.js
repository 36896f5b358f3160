/* SealedCopy(record, key): what is typed and not saved yet, sealed with AES-GCM in this browser's own storage.

   The key comes with the page and is not stored, so that the copy says nothing to whoever sits down here next. It
   goes with the next save; one that nobody came back for goes after a week. Without a safe context there is none. */
const BEFORE_ALL = "draft:";
const WEEK = 7 * 24 * 3600 * 1000;

globalThis.SealedCopy = class SealedCopy {
  constructor(record, key) {
    this.place = BEFORE_ALL + record;
    this.turn = 0;
    this.key = key && globalThis.crypto?.subtle ? this.imported(key) : null;
    this.forgetOld();
  }

  imported(key) {
    const bytes = Uint8Array.from(atob(key), (sign) => sign.charCodeAt(0));
    return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  }

  /** Only the newest of several that are under way is kept. */
  async keep(fields) {
    if (!this.key) return;
    const turn = ++this.turn;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(fields));
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await this.key, plain));
    if (turn !== this.turn) return;
    const text = btoa(Array.from([...iv, ...sealed], (byte) => String.fromCharCode(byte)).join(""));
    try {
      localStorage.setItem(this.place, `${Date.now()}.${text}`);
    } catch {
      this.key = null; // no room here: the page still holds the text, and says that it is not saved
    }
  }

  forget() {
    this.turn += 1;
    localStorage.removeItem(this.place);
  }

  /** What was kept, or null; what another person left here stays shut. */
  async read() {
    const kept = localStorage.getItem(this.place);
    if (!kept || !this.key) return null;
    const bytes = Uint8Array.from(atob(kept.slice(kept.indexOf(".") + 1)), (sign) => sign.charCodeAt(0));
    try {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.slice(0, 12) }, await this.key, bytes.slice(12));
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      return null;
    }
  }

  forgetOld() {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(BEFORE_ALL) && Number(localStorage.getItem(name).split(".")[0]) < Date.now() - WEEK) localStorage.removeItem(name);
    }
  }
};
