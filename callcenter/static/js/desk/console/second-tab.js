/* SecondTab: while this tab is somebody's telephone, whatever would leave the page opens in a new tab.

   stays() says whether that is so now. It listens behind everything else on the page, so that what is answered in
   place is left alone. Logging out is meant to leave. */
const STAYS = "電話をそのまま使えるように、新しいタブで開きました。";

globalThis.SecondTab = class {
  constructor(stays) {
    this.stays = stays;
    addEventListener("click", (event) => this.clicked(event));
    addEventListener("submit", (event) => this.submitted(event));
  }

  clicked(event) {
    const link = event.target.closest("a[href]");
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || !link || link.target) return;
    if (!link.protocol.startsWith("http") || link.getAttribute("href").startsWith("#") || !this.stays()) return;
    event.preventDefault();
    open(link.href, "_blank", "noopener");
    this.say();
  }

  submitted(event) {
    const form = event.target;
    if (event.defaultPrevented || form.target || form.method === "dialog") return;
    if (form.matches("[data-log-out]") || !this.stays()) return;
    form.target = "_blank";
    setTimeout(() => form.removeAttribute("target"));
    this.say();
  }

  say() {
    document.querySelector("toast-box").say(STAYS);
  }
};
