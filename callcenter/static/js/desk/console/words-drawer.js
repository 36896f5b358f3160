/* <words-drawer> around a <dialog> that is not modal: words to say, beside the record and never over it.

   Any [data-open-scripts] opens and closes it (one key); the focus goes to the search box and comes back to where it
   was. Escape closes it while the focus is inside. Typing leaves the scripts that hold every word that was typed. */
customElements.define(
  "words-drawer",
  class extends HTMLElement {
    connectedCallback() {
      this.dialog = this.querySelector("dialog");
      this.box = this.querySelector("input");
      document.addEventListener("click", (event) => event.target.closest("[data-open-scripts]") && this.toggle());
      document.addEventListener("desk-looked", () => this.mark());
      this.querySelector("[data-close]").addEventListener("click", () => this.close());
      this.box.addEventListener("input", () => this.find());
      this.dialog.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || event.isComposing) return;
        event.preventDefault();
        this.close();
      });
    }

    toggle() {
      if (this.dialog.open) this.close();
      else this.open();
    }

    open() {
      this.before = document.activeElement;
      this.dialog.show();
      this.mark();
      this.box.select();
      this.box.focus();
    }

    close() {
      const inside = this.dialog.contains(document.activeElement) || document.activeElement === document.body;
      this.dialog.close();
      this.mark();
      if (!inside) return;
      const back = this.before?.isConnected && this.before !== document.body ? this.before : this.door();
      back?.focus();
    }

    /** The button that is seen; during a talk it is the call bar's. */
    door() {
      return [...document.querySelectorAll("[data-open-scripts]")].find((door) => door.checkVisibility());
    }

    mark() {
      for (const door of document.querySelectorAll("[data-open-scripts]")) {
        door.setAttribute("aria-expanded", String(this.dialog.open));
      }
    }

    find() {
      const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[ァ-ヶ]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 96));
      const wanted = plain(this.box.value).split(/\s+/).filter(Boolean);
      let found = 0;
      for (const item of this.querySelectorAll("[data-words]")) {
        const text = plain(`${item.dataset.words} ${item.textContent}`);
        item.hidden = !wanted.every((word) => text.includes(word));
        if (!item.hidden) found += 1;
      }
      for (const section of this.querySelectorAll("[data-section]")) {
        section.hidden = !section.querySelector("[data-words]:not([hidden])");
      }
      const words = found ? `${found}件` : "見つかりません。ほかの言葉で探してください。";
      this.querySelector("[role=status]").textContent = wanted.length ? words : "";
    }
  },
);
