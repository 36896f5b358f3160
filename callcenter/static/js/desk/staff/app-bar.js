/* <app-bar>: on a small screen the pages and the reader's own menu open under メニュー. */
customElements.define(
  "app-bar",
  class extends HTMLElement {
    connectedCallback() {
      this.button = this.querySelector(".appbar-open");
      this.button?.addEventListener("click", () => this.open(!("open" in this.dataset)));
      this.addEventListener("click", (event) => {
        if ("open" in this.dataset && event.target.closest("a")) this.open(false); // it may open in another tab
      });
      this.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !("open" in this.dataset) || event.target.closest(".menu")) return;
        this.open(false);
        this.button.focus();
      });
    }

    open(open) {
      this.toggleAttribute("data-open", open);
      this.button.setAttribute("aria-expanded", String(open));
    }
  },
);
