/* <talk-panels> around the call bar's controls: its <details> are small panels, at most one of them open.

   The bar may be drawn anew while a panel is open, so which one it is outlives the element. Opening by key takes the
   focus into the panel; a digit chooses, Escape closes, a press that was sent closes too. What the bar has to tell
   (the elements with data-playing and data-notes) is read out once. */
globalThis.TalkPanels = class TalkPanels extends HTMLElement {
  static morphs = true;
  static open = null;
  static told = "";

  connectedCallback() {
    const again = this.panel(TalkPanels.open);
    if (again) again.open = true;
    else TalkPanels.open = null;
    // "toggle" does not bubble, so it is caught on its way down.
    this.addEventListener("toggle", (event) => this.toggled(event.target), { capture: true });
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.addEventListener("submit", (event) => this.sent(event));
    this.looked = () => this.tell();
    document.addEventListener("desk-looked", this.looked);
    setTimeout(this.looked);
  }

  disconnectedCallback() {
    document.removeEventListener("desk-looked", this.looked);
  }

  panel(name) {
    return name && this.querySelector(`[data-panel="${CSS.escape(name)}"]`);
  }

  toggled(panel) {
    if (panel.open) TalkPanels.open = panel.dataset.panel;
    else if (TalkPanels.open === panel.dataset.panel) TalkPanels.open = null;
  }

  clicked(event) {
    const sends = event.target.closest("button[form]"); // its form stands elsewhere, and is not heard here
    if (sends) setTimeout(() => this.close(sends.closest("[data-panel]")));
    const panel = event.target.closest("summary")?.parentElement;
    if (!panel || panel.open) return;
    // Opened by this very click, once it has been carried out; Alt alone does not count as typing.
    const first = () => panel.querySelector("button:not(:disabled)") ?? panel.querySelector("summary");
    setTimeout(() => first().focus({ focusVisible: true }));
  }

  pressed(event) {
    const panel = this.panel(TalkPanels.open);
    if (!panel || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.close(panel);
      panel.querySelector("summary").focus({ focusVisible: true });
    } else if (/^[1-9]$/.test(event.key)) {
      panel.querySelector(`[data-digit="${event.key}"]`)?.click();
    }
  }

  sent(event) {
    const panel = event.target.closest("[data-panel]");
    if (panel && !event.target.closest("call-end:not([data-armed])")) setTimeout(() => this.close(panel));
  }

  close(panel) {
    panel.open = false;
    TalkPanels.open = null;
  }

  tell() {
    const told = document.querySelectorAll("#callbar :is([data-playing], [data-notes])");
    const words = [...told].map((one) => one.textContent.trim().replace(/\s+/g, " ")).filter(Boolean).join(" ");
    const settled = words.replace(/\d+:\d+(:\d+)?/g, "");
    if (settled === TalkPanels.told) return;
    TalkPanels.told = settled;
    if (settled) document.getElementById("announce").textContent = words;
  }
};
customElements.define("talk-panels", globalThis.TalkPanels);
