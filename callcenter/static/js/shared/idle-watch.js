/* <idle-watch data-left data-stay data-login data-kept>: says calmly, a few minutes before, that the page will be closed for
   safety, and lets its person stay; at the end it leads to the sign-in, which leads back here.

   The server alone decides how long is left, so other tabs and a running call count. Keys and presses since its
   last look are told to it instead of a warning. */
const WARN = 5 * 60;
const LOOK_AGAIN = 15;
const LONGEST_LOOK = 20 * 60;
const HIDDEN_LONG = 60_000;
const SLACK = 17_000; // a press that led to a request: the server notes activity every 15 seconds, and takes its time

customElements.define(
  "idle-watch",
  class extends HTMLElement {
    connectedCallback() {
      this.touched = 0;
      this.touch = (event) => event.isTrusted && !this.contains(event.target) && (this.touched = Date.now());
      this.shown = () => this.turnedTo();
      for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, this.touch, { capture: true, passive: true });
      document.addEventListener("visibilitychange", this.shown);
      this.after(LONGEST_LOOK);
    }

    /** A page that was out of sight for a while may have slept, and its timers with it. */
    turnedTo() {
      if (document.visibilityState !== "visible") this.hiddenAt = Date.now();
      else if (Date.now() - (this.hiddenAt ?? Date.now()) > HIDDEN_LONG) this.look();
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
      for (const kind of ["keydown", "pointerdown"]) removeEventListener(kind, this.touch, { capture: true });
      document.removeEventListener("visibilitychange", this.shown);
    }

    after(seconds) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(), seconds * 1000);
    }

    async look() {
      const answer = await this.request(this.dataset.left);
      if (!answer) return this.after(LOOK_AGAIN);
      const { left, idle, token } = answer;
      if (left > WARN) return this.rest(left);
      if (this.touched > Date.now() - idle * 1000 + SLACK) return this.stay(token);
      this.warn(left, token);
      return this.after(left ? Math.min(LOOK_AGAIN, left + 1) : 1);
    }

    rest(left) {
      const inside = this.contains(document.activeElement);
      this.replaceChildren();
      if (inside) this.before?.focus();
      this.after(Math.min(LONGEST_LOOK, left - WARN));
    }

    async stay(token) {
      const body = new FormData();
      body.set("csrf_token", token);
      const answer = await this.request(this.dataset.stay, { method: "POST", body });
      if (answer) this.rest(answer.left);
      else this.after(LOOK_AGAIN);
    }

    /** What the server says; undefined if it cannot be reached now. */
    async request(address, more = {}) {
      try {
        const headers = { Accept: "application/json" };
        const answer = await fetch(address, { ...more, headers, credentials: "same-origin" });
        if (answer.status === 401) this.leave();
        return answer.ok ? await answer.json() : undefined;
      } catch {
        return undefined;
      }
    }

    warn(left, token) {
      const minutes = Math.max(1, Math.ceil(left / 60));
      if (this.minutes === minutes && this.firstChild) return;
      this.minutes = minutes;
      const words = `しばらく操作がありません。あと${minutes}分ほどで、安全のために画面を閉じます。${this.dataset.kept ?? "書きかけの記録"}は残ります。ログインし直すと、この画面に戻ります。`;
      const told = this.querySelector("p") ?? this.box(token);
      told.textContent = words;
    }

    box(token) {
      this.before = document.activeElement;
      const box = document.createElement("div");
      box.className = "notice idle-box";
      const words = document.createElement("p");
      const stay = document.createElement("button");
      stay.type = "button";
      stay.className = "button button--primary";
      stay.textContent = "続ける";
      stay.addEventListener("click", () => this.stay(token));
      box.append(words, stay);
      this.replaceChildren(box);
      return words;
    }

    /** Nothing that was not saved is thrown away, and no call cut: the page that holds them says what to do. */
    leave() {
      clearTimeout(this.timer);
      const unsaved = [...document.querySelectorAll("auto-save, keep-draft")].some((one) => one.dirty?.().length);
      const here = location.pathname + location.search;
      const talks = document.querySelector("line-desk")?.connected;
      if (!unsaved && !talks) location.assign(`${this.dataset.login}?next=${encodeURIComponent(here)}`);
    }
  },
);
