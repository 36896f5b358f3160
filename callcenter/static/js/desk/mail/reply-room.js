/* <reply-room data-newest>: the writing room of a reply by mail. Its form goes to the server as it does without scripts;
   this only sees to it that everything is saved before, and says when a letter came meanwhile.

   The page that follows shows the same text, so whoever presses never leaves one behind: what could not be saved keeps
   the page where it is, with the reason. */
customElements.define(
  "reply-room",
  class extends HTMLElement {
    connectedCallback() {
      this.form = document.getElementById("record-form");
      this.sent = (event) => this.submitted(event);
      this.pressed = (event) => this.press(event);
      this.looked = () => this.compare();
      document.addEventListener("submit", this.sent);
      document.addEventListener("keydown", this.pressed);
      document.addEventListener("desk-looked", this.looked);
    }

    disconnectedCallback() {
      document.removeEventListener("submit", this.sent);
      document.removeEventListener("keydown", this.pressed);
      document.removeEventListener("desk-looked", this.looked);
    }

    get saver() {
      return document.querySelector("auto-save");
    }

    async submitted(event) {
      if (event.defaultPrevented || event.target.closest("call-strip, alarm-banner, staff-notices")) return;
      if (this.going) return;
      event.preventDefault();
      const { target: form, submitter } = event;
      document.querySelector("toast-box").settle("unsaved");
      if (!(await this.saver.flush())) {
        document.querySelector("toast-box").say("まだ保存できていないため、このままにしています。書いた文は、この画面に残っています。", "warn", null, "unsaved");
        return;
      }
      // A form is sent once its own submit event is over: with nothing to save we would be here within it, and unheard.
      await new Promise((over) => setTimeout(over));
      this.going = true;
      form.requestSubmit(submitter);
      this.going = false;
    }

    press(event) {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      this.form.requestSubmit(this.form.querySelector("[data-preview]"));
    }

    compare() {
      const { newest } = document.getElementById("mail-claim").dataset;
      this.form.querySelector("[data-newer]").hidden = newest === this.dataset.newest;
    }
  },
);
