/* <nick-search data-url>: looks for the nickname as it is typed, by POST, so that no name stands in an address.

   What else the caller says goes with it, and choosing it looks again: who they are, their age, where they live, and
   the two questions among the candidates.

   The button below nine candidates shows the names that are less like it, and goes on among them.

   Arrow down goes to the candidates; there 1–9 choose and arrow up goes back. Alt + the digit works from anywhere. While
   the list is looked for it waits for it: whoever was seen at that place is chosen if they still stand there; anybody
   else is only gone to, so that nobody is chosen in the place of somebody else. */
const AFTER = 150;
const JUST_REPLACED = 400; // shorter than it takes to read a name and press
const CUES = ["relation", "caller_age", "subject_age", "prefecture", "cue_topic", "cue_counsellor"];

customElements.define(
  "nick-search",
  class extends HTMLElement {
    connectedCallback() {
      this.box = this.querySelector("input");
      this.box.addEventListener("input", () => this.later());
      this.box.addEventListener("keydown", (event) => this.pressed(event));
      this.moved = (event) => this.among(event);
      this.told = (event) => this.heard(event);
      this.keyed = (event) => this.key(event);
      document.addEventListener("keydown", this.keyed, { capture: true });
      document.addEventListener("keydown", this.moved);
      document.addEventListener("change", this.told);
      this.onward = (event) => {
        if (!event.target.closest("#candidates [data-more]")) return;
        event.preventDefault();
        this.search(true);
      };
      document.addEventListener("click", this.onward);
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
      document.removeEventListener("keydown", this.keyed, { capture: true });
      document.removeEventListener("keydown", this.moved);
      document.removeEventListener("change", this.told);
      document.removeEventListener("click", this.onward);
    }

    later() {
      this.isUnderWay = true;
      this.wanted = undefined;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(), AFTER);
    }

    async search(more = false) {
      clearTimeout(this.timer);
      this.isUnderWay = true;
      const form = new FormData();
      const heard = this.box.value;
      form.set("nickname_heard", heard);
      if (more) form.set("more", "1");
      for (const name of CUES) {
        const control = this.box.form.elements[name];
        if (control) form.set(name, control.value);
      }
      try {
        const answer = await ask(this.dataset.url, { form });
        const html = await answer.text();
        if (heard !== this.box.value) return; // a newer search is under way
        if (!this.isConnected) return; // another record is open, whose caller is somebody else
        this.before = this.people();
        putParts(html, { asked: answer.asked });
        this.replacedAt = performance.now();
        document.querySelector("toast-box").settle("search");
        if (more) this.candidates()[9]?.focus();
        this.arrived();
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        document.querySelector("toast-box").say(`候補を探せませんでした。${trouble.message}`, "warn", null, "search");
      } finally {
        if (heard === this.box.value) this.isUnderWay = false;
      }
    }

    heard(event) {
      const asked = CUES.includes(event.target.name) && event.target.form === this.box.form;
      if (asked && this.box.value && this.candidates().length) this.later();
    }

    pressed(event) {
      if (event.isComposing) return;
      if (event.key === "ArrowDown") {
        event.preventDefault();
        this.candidates()[0]?.focus();
      } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        this.search();
      }
    }

    people() {
      return this.candidates().map((one) => one.value);
    }

    /** Alt + a digit while the list is another than the one that was read, or about to become so. */
    key(event) {
      const digit = event.altKey && /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
      if (!digit) return;
      const place = Number(digit) - 1;
      if (this.isUnderWay) this.wanted = { place, seen: this.people()[place], from: document.activeElement };
      else if (this.hasJustChanged(place)) this.candidates()[place]?.focus();
      else return;
      event.preventDefault();
    }

    hasJustChanged(place) {
      const before = performance.now() - this.replacedAt < JUST_REPLACED && this.before[place];
      return Boolean(before) && before !== this.people()[place];
    }

    /** Whoever has gone on writing elsewhere is left alone. */
    arrived() {
      const { place, seen, from } = this.wanted ?? {};
      this.wanted = undefined;
      if (![from, document.body].includes(document.activeElement)) return;
      const there = this.candidates()[place];
      if (there && there.value === seen) there.click();
      else there?.focus({ focusVisible: true });
    }

    candidates() {
      return [...document.querySelectorAll("#candidates .candidate")];
    }

    among(event) {
      const list = this.candidates();
      const here = list.indexOf(event.target);
      if (here < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
      const there = { ArrowDown: list[here + 1] ?? list[here], ArrowUp: list[here - 1] ?? this.box }[event.key];
      if (there) {
        event.preventDefault();
        there.focus();
      } else if (/^[1-9]$/.test(event.key)) {
        event.preventDefault();
        list[Number(event.key) - 1]?.click();
      }
    }
  },
);
