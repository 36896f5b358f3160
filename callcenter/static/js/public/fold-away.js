/* <fold-away>: a details element inside it closes with Escape, or when the reader goes on elsewhere. */
customElements.define(
  "fold-away",
  class extends HTMLElement {
    connectedCallback() {
      const details = this.querySelector("details");
      this.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !details.open) return;
        details.open = false;
        details.querySelector("summary").focus();
      });
      this.addEventListener("focusout", (event) => {
        if (event.relatedTarget && !this.contains(event.relatedTarget)) details.open = false;
      });
      document.addEventListener("pointerdown", (event) => {
        if (!this.contains(event.target)) details.open = false;
      });
    }
  },
);
