/* DesktopNotice(words): the computer's own notification, while this page is out of sight and something rings.

   It carries these words only, nothing of anybody. A press on it shows the page. It is shown where the person has asked
   for it in this browser and the browser lets it; whoever puts it away is not told again of the same ringing. */
const KEPT = "desktop-notices";
const SAMPLE_FOR = 5000;

globalThis.DesktopNotice = class {
  static get supported() {
    return isSecureContext && "Notification" in globalThis;
  }

  static get asked() {
    return localStorage.getItem(KEPT) !== null;
  }

  static set asked(on) {
    if (on) localStorage.setItem(KEPT, "1");
    else localStorage.removeItem(KEPT);
  }

  constructor(words) {
    this.words = words;
    for (const moved of ["focus", "blur"]) addEventListener(moved, () => this.dress());
    document.addEventListener("visibilitychange", () => this.dress());
    addEventListener("pagehide", () => this.end());
  }

  begin() {
    this.on = true;
    this.dress();
  }

  end() {
    this.on = false;
    this.close();
  }

  dress() {
    const inSight = !document.hidden && document.hasFocus();
    if (inSight) this.close();
    else if (this.on && !this.shown && DesktopNotice.supported && DesktopNotice.asked) this.show();
  }

  /** False where the browser shows none from a page, as on telephones. */
  show() {
    if (Notification.permission !== "granted") return false;
    try {
      // The ring sounds already; of several pages' notices about the same only the newest stands.
      const options = { lang: "ja", tag: this.words, silent: true, requireInteraction: true };
      const shown = new Notification(this.words, options);
      shown.addEventListener("click", () => this.pressed());
      shown.addEventListener("close", () => this.putAway(shown));
      this.shown = shown;
      return true;
    } catch (trouble) {
      if (!(trouble instanceof TypeError)) throw trouble;
      return false;
    }
  }

  /** Show how it looks, for a moment. */
  sample() {
    const shows = this.show();
    setTimeout(() => this.close(), SAMPLE_FOR);
    return shows;
  }

  pressed() {
    globalThis.focus();
    this.close();
  }

  close() {
    const { shown } = this;
    this.shown = undefined;
    shown?.close();
  }

  putAway(shown) {
    if (this.shown === shown) this.end();
  }
};
