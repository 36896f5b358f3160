/* <full-screen hidden><button>: the whole screen for a page that is looked at from across the room. */
customElements.define(
  "full-screen",
  class extends HTMLElement {
    connectedCallback() {
      if (!document.fullscreenEnabled) return;
      this.hidden = false;
      this.querySelector("button").addEventListener("click", () => document.documentElement.requestFullscreen());
    }
  },
);
