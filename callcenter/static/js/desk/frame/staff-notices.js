/* <staff-notices data-source>: what colleagues decided, shown as it comes until 見ました is pressed.

   It looks when the page is opened, after the page's own live parts have looked, and otherwise twice a minute. */
const NOTICES_EVERY = 30_000;
const NOTICES_REST = 3000;

customElements.define(
  "staff-notices",
  class extends HTMLElement {
    connectedCallback() {
      this.looked = () => this.look();
      document.addEventListener("desk-looked", this.looked);
      this.every = setInterval(this.looked, NOTICES_EVERY);
      this.addEventListener("submit", (event) => this.seen(event));
      this.look();
    }

    disconnectedCallback() {
      document.removeEventListener("desk-looked", this.looked);
      clearInterval(this.every);
    }

    async look() {
      if (Date.now() - (this.last ?? 0) < NOTICES_REST) return;
      this.last = Date.now();
      try {
        const answer = await ask(this.dataset.source);
        const text = (await answer.text()).trim();
        if (answer.asked < this.asked) return; // from before what is shown, or before the last 見ました
        this.asked = answer.asked;
        if (text !== this.text) this.innerHTML = this.text = text;
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble; // the page's live parts say what is wrong
      }
    }

    async seen(event) {
      event.preventDefault();
      try {
        this.asked = (await ask(event.target.action, { form: new FormData(event.target) })).asked;
        event.target.closest(".notice").remove();
        this.text = undefined;
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        document.querySelector("toast-box").say(trouble.message, "warn", null, "notice");
      }
    }
  },
);
