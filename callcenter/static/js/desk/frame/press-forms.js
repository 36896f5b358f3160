/* <press-forms>: form[data-press] is sent without leaving the page; then everything that is live is looked at again.

   For pages without a <work-space>, which does the same beside its other work. */
customElements.define(
  "press-forms",
  class extends HTMLElement {
    connectedCallback() {
      this.sent = (event) => this.submitted(event);
      document.addEventListener("submit", this.sent);
    }

    disconnectedCallback() {
      document.removeEventListener("submit", this.sent);
    }

    async submitted(event) {
      const form = event.target;
      if (event.defaultPrevented || !form.matches("[data-press]")) return;
      event.preventDefault();
      document.querySelector("toast-box").settle("act");
      try {
        await ask(form.action, { form: new FormData(form, event.submitter) });
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        document.querySelector("toast-box").say(trouble.message, "warn", null, "act");
      }
      document.querySelector("live-parts").look();
    }
  },
);
