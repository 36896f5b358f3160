/* <after-call data-url>: what comes after the record is kept as soon as it is chosen, so that every part shows the same. */
customElements.define(
  "after-call",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("change", (event) => this.keep(event.target.value));
    }

    async keep(after) {
      const form = new FormData();
      form.set("after", after);
      try {
        await ask(this.dataset.url, { form });
        document.querySelector("toast-box").settle("after");
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        document.querySelector("toast-box").say(trouble.message, "warn", null, "after");
      }
      document.querySelector("live-parts").look();
    }
  },
);
