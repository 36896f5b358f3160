/* <copy-text data-from> and <print-page>: buttons beside a number that is to be kept. They show themselves where scripts
   run; without them the number is selected, written down or downloaded as a file. */
customElements.define(
  "copy-text",
  class extends HTMLElement {
    connectedCallback() {
      this.hidden = !navigator.clipboard;
      this.querySelector("button").addEventListener("click", () => this.copy());
    }

    async copy() {
      const words = document.getElementById(this.dataset.from).textContent.trim();
      const copied = await navigator.clipboard.writeText(words).then(
        () => true,
        () => false,
      );
      this.querySelector("[role=status]").textContent = copied
        ? "コピーしました。"
        : "コピーできませんでした。番号を選んで、写してください。";
    }
  },
);

customElements.define(
  "print-page",
  class extends HTMLElement {
    connectedCallback() {
      this.hidden = false;
      this.querySelector("button").addEventListener("click", () => window.print());
    }
  },
);
