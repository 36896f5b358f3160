/* <directory-drawer data-find data-refer> around a <dialog> that is not modal: where else a caller may turn.

   Any [data-open-directory] opens and closes it (one key); the focus goes to the search box and back. It opens with
   the record's main topic and place chosen. What is typed is posted, so that it stands in no address. A referral is
   noted on the record that is open in the middle, whose 紹介 is ticked with it. */
const DIRECTORY_AFTER = 200;

customElements.define(
  "directory-drawer",
  class extends HTMLElement {
    connectedCallback() {
      this.dialog = this.querySelector("dialog");
      this.form = this.querySelector("[data-looks]");
      this.pressed = (event) => {
        if (!event.target.closest("[data-open-directory]")) return;
        event.preventDefault();
        this.toggle();
      };
      this.looked = () => this.mark();
      document.addEventListener("click", this.pressed);
      document.addEventListener("desk-looked", this.looked);
      this.querySelector("[data-close]").addEventListener("click", () => this.close());
      this.form.addEventListener("input", () => this.later());
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.find();
      });
      this.addEventListener("submit", (event) => this.refer(event));
      this.dialog.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || event.isComposing) return;
        event.preventDefault();
        this.close();
      });
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
      document.removeEventListener("click", this.pressed);
      document.removeEventListener("desk-looked", this.looked);
    }

    get record() {
      return document.getElementById("record-part").dataset.record;
    }

    toggle() {
      if (this.dialog.open) this.close();
      else this.open();
    }

    open() {
      this.before = document.activeElement;
      document.querySelector("words-drawer dialog[open] [data-close]")?.click();
      this.take("topic", "main_topic");
      this.take("prefecture", "prefecture");
      this.take("municipality", "municipality");
      this.dialog.show();
      this.mark();
      const box = this.querySelector("input[type=search]");
      box.focus();
      box.select();
      this.find();
    }

    /** What the record knows need not be chosen again. */
    take(mine, theirs) {
      const known = document.getElementById("record-form")?.elements[theirs]?.value;
      const list = this.form.elements[mine];
      list.value = [...list.options].some((option) => option.value === known) ? known : "";
    }

    close() {
      const inside = this.dialog.contains(document.activeElement) || document.activeElement === document.body;
      this.dialog.close();
      this.mark();
      if (!inside) return;
      const door = [...document.querySelectorAll("[data-open-directory]")].find((one) => one.checkVisibility());
      (this.before?.isConnected && this.before !== document.body ? this.before : door)?.focus();
    }

    mark() {
      for (const door of document.querySelectorAll("[data-open-directory]")) {
        door.setAttribute("aria-expanded", String(this.dialog.open));
      }
    }

    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.find(), DIRECTORY_AFTER);
    }

    async find() {
      clearTimeout(this.timer);
      const turn = (this.turn = (this.turn ?? 0) + 1);
      await this.tried(async () => {
        const answer = await ask(this.dataset.find, { form: new FormData(this.form) });
        const html = await answer.text();
        if (turn !== this.turn) return; // a newer search is under way
        putParts(html, { asked: answer.asked });
        for (const form of this.querySelectorAll("[data-refer]")) form.hidden = !this.record;
      });
    }

    async refer(event) {
      const form = event.target;
      if (!form.matches("[data-refer]")) return;
      event.preventDefault();
      event.stopPropagation();
      const sent = new FormData(form, event.submitter);
      const { record } = this;
      await this.tried(async () => {
        const answer = await ask(this.dataset.refer.replace("RECORD", record), { form: sent });
        const html = await answer.text();
        if (record === this.record) {
          putParts(html, { asked: answer.asked });
          const outcome = document.querySelector("#record-form [name=outcomes][value=referred]");
          if (outcome && !outcome.checked) outcome.click(); // saved like any other answer
        }
        document.querySelector("toast-box").say("紹介を、記録に書きました。");
      });
    }

    async tried(act) {
      const toasts = document.querySelector("toast-box");
      toasts.settle("directory");
      try {
        await act();
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        toasts.say(trouble.message, "warn", null, "directory");
      }
    }
  },
);
