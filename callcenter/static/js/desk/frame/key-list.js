/* <key-list>: choices in two keys: one opens the list, a digit chooses. While it is open, the part around it waits, so
   that it closes with the choice; the focus goes back to its door. */
customElements.define(
  "key-list",
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
      this.list.addEventListener("click", (event) => event.target.closest("button") && setTimeout(() => this.chosen()));
      this.addEventListener("focusout", (event) => {
        if (!this.contains(event.relatedTarget)) this.show(false);
      });
    }

    chosen() {
      const inside = this.contains(document.activeElement);
      this.show(false);
      if (inside) this.door.focus();
    }

    show(open) {
      this.list.hidden = !open;
      this.toggleAttribute("open", open);
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
