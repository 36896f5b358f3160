/* <case-watch data-case>: tells colleagues which field is written in, and says so when theirs is newer than ours.

   What somebody else wrote is never put under the hand of who writes: a link shows it. */
customElements.define(
  "case-watch",
  class extends HTMLElement {
    connectedCallback() {
      this.field = "";
      this.addEventListener("input", (event) => this.writes(event.target.name));
      this.addEventListener("focusout", () => this.writes(""));
      this.looked = () => this.compare();
      this.left = () => this.leave();
      document.addEventListener("desk-looked", this.looked);
      addEventListener("pagehide", this.left);
    }

    disconnectedCallback() {
      document.removeEventListener("desk-looked", this.looked);
      removeEventListener("pagehide", this.left);
    }

    async writes(field) {
      if (field === this.field) return;
      this.field = field;
      const form = new FormData();
      form.set("field", field);
      try {
        await ask(this.dataset.case, { form });
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble; // the page's live parts say what is wrong
      }
    }

    leave() {
      const form = new FormData();
      form.set("left", "1");
      form.set("csrf_token", document.querySelector("meta[name=csrf-token]").content);
      navigator.sendBeacon(this.dataset.case, form);
    }

    compare() {
      const saver = this.querySelector("auto-save");
      const ours = Math.max(Number(saver.dataset.version), ...Object.values(saver.seen));
      const theirs = Number(document.getElementById("case-live").dataset.version);
      this.querySelector("[data-newer]").hidden = theirs <= ours || saver.conflicts.size > 0;
    }
  },
);
