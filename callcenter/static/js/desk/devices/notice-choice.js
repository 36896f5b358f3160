/* <notice-choice>: whether this browser shows a notification while the page is out of sight; asked by a press only.

   [data-told] holds how it is · [data-turn] asks the browser, or ends it · hidden where it can show none */
const TOLD = {
  off: "ほかの画面を見ているあいだも、鳴ったときに、パソコンの知らせを出せます。名前や番号は出ません。",
  asking: "ブラウザーがたずねたら、通知を「許可」してください。",
  on: "ほかの画面を見ているときに鳴ると、パソコンの知らせが出ます。",
  refused:
    "ブラウザーが、知らせを止めています。アドレスの左にあるしるしを押し、通知を「許可」にしてから、もう一度押してください。",
  unfit: "このブラウザーでは、パソコンの知らせを出せません。音は、いつものように鳴ります。",
};
const SAMPLE = "知らせは、このように出ます";
const TURN = { on: "知らせをやめる" };

customElements.define(
  "notice-choice",
  class extends HTMLElement {
    connectedCallback() {
      if (!DesktopNotice.supported) return;
      this.button = this.querySelector("[data-turn]");
      this.button.addEventListener("click", () => this.turn());
      addEventListener("storage", () => this.dress());
      addEventListener("focus", () => this.dress()); // it may have been allowed in the browser's own settings
      document.addEventListener("desk-looked", () => this.dress());
      this.dress();
    }

    get state() {
      if (!DesktopNotice.asked) return this.unfit ? "unfit" : "off";
      return { granted: "on", denied: "refused" }[Notification.permission] ?? "off";
    }

    /** Where calls ring at a telephone, this page has nothing to tell but alarms. */
    get needed() {
      return !document.querySelector("#callbar[data-by-phone]") || document.querySelector("alarm-banner") !== null;
    }

    dress(state = this.state) {
      this.hidden = !this.needed;
      const place = this.querySelector("[data-told]");
      if (place.textContent !== TOLD[state]) place.textContent = TOLD[state];
      this.dataset.state = state;
      this.button.querySelector("span").textContent = TURN[state] ?? "知らせを出す";
    }

    async turn() {
      if (this.state === "on") {
        DesktopNotice.asked = false;
        this.dress();
        return;
      }
      if (Notification.permission === "default") this.dress("asking");
      await Notification.requestPermission();
      DesktopNotice.asked = true;
      this.unfit = this.state === "on" && !new DesktopNotice(SAMPLE).sample();
      if (this.unfit) DesktopNotice.asked = false;
      this.dress();
    }
  },
);
