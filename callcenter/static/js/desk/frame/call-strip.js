/* <call-strip data-source data-who>: my ring, talk or wrap-up on every staff page but the desk itself.

   While it is in sight it looks every few seconds, and at once when the tab that is my telephone says that something
   happened. What only that tab can do, picking up and muting, is handed to it; what the server does is sent from here. */
const LOOK_EVERY = 3000;
const QUIET_FOR = 7000; // a tab that has not spoken for so long is no telephone

customElements.define(
  "call-strip",
  class extends HTMLElement {
    connectedCallback() {
      setTimeout(() => this.begin()); // once every script of the bundle has run
    }

    begin() {
      this.tab = new TelephoneTab(this.dataset.who);
      this.tab.addEventListener("told", ({ detail }) => this.hear(detail));
      this.addEventListener("click", (event) => this.clicked(event));
      this.addEventListener("submit", (event) => this.submitted(event));
      this.pressed = (event) => this.press(event);
      document.addEventListener("keydown", this.pressed);
      this.seen = () => this.look();
      document.addEventListener("visibilitychange", this.seen);
      this.timer = setInterval(() => this.look(), LOOK_EVERY);
      this.title = document.title;
      this.look();
    }

    disconnectedCallback() {
      clearInterval(this.timer);
      document.removeEventListener("keydown", this.pressed);
      document.removeEventListener("visibilitychange", this.seen);
      this.tab?.close();
    }

    get part() {
      return document.getElementById("call-strip");
    }

    hear(told) {
      const news = JSON.stringify(told) !== JSON.stringify(this.told);
      this.told = told;
      this.heardAt = Date.now();
      this.dress();
      if (news) this.look();
    }

    async look() {
      if (this.looking || document.hidden) return;
      this.looking = true;
      this.tab.ask();
      try {
        const answer = await ask(this.dataset.source);
        putParts(await answer.text(), { patiently: true, asked: answer.asked });
        this.dress();
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble; // what is shown stays; the page's own parts say what is wrong
      } finally {
        this.looking = false;
      }
    }

    dress() {
      const { mode, offer } = this.part.dataset;
      const there = Date.now() - (this.heardAt ?? 0) < QUIET_FOR ? this.told : null;
      const show = (which, on) => this.querySelector(which)?.toggleAttribute("hidden", !on);
      show("[data-there]", there);
      show("[data-desk]", !there);
      show("[data-accept]", there);
      show("[data-mute]", there?.connected);
      const mute = this.querySelector("[data-mute]");
      mute?.setAttribute("aria-pressed", String(Boolean(there?.muted)));
      if (mute) mute.querySelector("span").textContent = there?.muted ? "ミュート中" : "ミュート";
      document.title = mode === "ring" ? `● 呼び出し中・${this.title}` : this.title;
      if (offer && offer !== this.shown) document.getElementById("announce").textContent = "電話が鳴っています。";
      this.shown = offer;
    }

    clicked(event) {
      const accept = event.target.closest("[data-accept]");
      if (accept) {
        accept.querySelector("span").textContent = "つないでいます";
        this.tab.press("accept");
      } else if (event.target.closest("[data-mute]")) {
        this.tab.press("mute");
      }
    }

    async submitted(event) {
      if (event.defaultPrevented) return;
      event.preventDefault();
      document.querySelector("toast-box").settle("act");
      try {
        await ask(event.target.action, { form: new FormData(event.target, event.submitter) });
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        document.querySelector("toast-box").say(trouble.message, "warn", null, "act");
      }
      this.look();
    }

    /** Where the page has a key-map, that does it for the whole page. */
    press(event) {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing || document.querySelector("key-map")) return;
      const letter = event.code.replace(/^Key/, "");
      const control = [...this.querySelectorAll(`[aria-keyshortcuts="Alt+${CSS.escape(letter)}"]`)].find((one) => one.checkVisibility());
      if (!control) return;
      event.preventDefault();
      control.click();
    }
  },
);
