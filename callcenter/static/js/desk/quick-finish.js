/* <quick-finish>: outcomes that say all there is to say, in two keys: one opens the list, a digit chooses. */
customElements.define(
  "quick-finish",
  class extends HTMLElement {
    connectedCallback() {
      this.door = this.querySelector("[data-open]");
      this.list = this.querySelector("ul");
      this.door.hidden = false;
      this.show(false);
      this.door.addEventListener("click", () => {
        this.show(this.list.hidden);
        if (!this.list.hidden) this.list.querySelector("button").focus({ focusVisible: true }); // Alt alone does not count as typing
      });
      this.addEventListener("keydown", (event) => this.pressed(event));
    }

    show(open) {
      this.list.hidden = !open;
      this.door.setAttribute("aria-expanded", String(open));
    }

    pressed(event) {
      if (this.list.hidden || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "Escape") {
        this.show(false);
        this.door.focus();
      }
      this.list.querySelector(`[data-digit="${CSS.escape(event.key)}"]`)?.click();
    }
  },
);
