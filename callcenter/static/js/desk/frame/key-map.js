/* <key-map>: Alt + key presses the control that shows the key, so that typing is never taken.

   A control names its key with aria-keyshortcuts="Alt+H". Alt + "?" opens this element's <dialog> from anywhere, which
   lists every key that works just now, and closes it; outside a text field "?" does so, too, and "/" goes to the
   search box (data-search on the element to focus). */
customElements.define(
  "key-map",
  class extends HTMLElement {
    connectedCallback() {
      this.pressed = (event) => this.press(event);
      document.addEventListener("keydown", this.pressed);
      this.addEventListener("click", (event) => {
        if (event.target.closest("[data-open-keys]")) this.open();
      });
    }

    disconnectedCallback() {
      document.removeEventListener("keydown", this.pressed);
    }

    press(event) {
      if (event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey) return;
      if (event.altKey && event.code === "Slash") {
        event.preventDefault();
        this.turn();
      } else if (event.altKey) {
        const control = this.controls().find((one) => one.key === this.letter(event));
        if (!control) return;
        event.preventDefault();
        this.use(control.element);
      } else if (!event.target.closest("input, textarea, select, [contenteditable]")) {
        if (event.key === "?") this.turn();
        else if (event.key === "/") this.find(event);
      }
    }

    // Alt changes the character on some keyboards, so the place of the key counts.
    letter(event) {
      return event.code.replace(/^(Key|Digit|Numpad)/, "").toUpperCase();
    }

    controls() {
      return [...document.querySelectorAll("[aria-keyshortcuts^='Alt+']")]
        .filter((element) => element.checkVisibility() && !element.disabled)
        .map((element) => ({ element, key: element.getAttribute("aria-keyshortcuts").slice(4).toUpperCase() }));
    }

    use(element) {
      if (element.matches("input:not([type=checkbox], [type=radio]), textarea, select")) element.focus();
      else element.click();
    }

    find(event) {
      const box = document.querySelector("[data-search]");
      if (!box) return;
      event.preventDefault();
      box.focus();
    }

    nameOf(element) {
      const label = element.labels?.[0] ?? element;
      const copy = label.cloneNode(true);
      for (const extra of copy.querySelectorAll("kbd, svg, .need")) extra.remove();
      return element.getAttribute("aria-label") ?? copy.textContent.trim();
    }

    turn() {
      const dialog = this.querySelector("dialog");
      if (dialog.open) dialog.close();
      else this.open();
    }

    open() {
      const dialog = this.querySelector("dialog");
      const list = dialog.querySelector("dl");
      const finish = [...document.querySelectorAll("[aria-keyshortcuts='Control+Enter']")];
      const all = [...this.controls(), ...finish.map((element) => ({ element, hold: "Ctrl", key: "⏎" }))];
      dialog.querySelector("[data-find]")?.toggleAttribute("hidden", !document.querySelector("[data-search]"));
      list.replaceChildren(
        ...all.flatMap(({ element, key, hold = "Alt" }) => {
          const term = document.createElement("dt");
          term.innerHTML = "<kbd class=key></kbd>";
          term.firstElementChild.textContent = `${hold}+${key}`;
          const meaning = document.createElement("dd");
          meaning.textContent = this.nameOf(element);
          return [term, meaning];
        }),
      );
      dialog.showModal();
    }
  },
);
