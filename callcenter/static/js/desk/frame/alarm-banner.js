/* <alarm-banner data-source data-metronome data-form-token>: the alarms of the line, on every page of whoever leads it.

   It looks every few seconds, also in the background, and after the page's own live parts. While one sounds that
   nobody has seen, three calm notes return; in a talk they come once. Whoever presses 見ました stops them for all.
   The sound can be put off in this browser; the page says so as long as it is, and says, too, when the browser does
   not let it sound yet. A page without sound does not count as open: then telephones ring.

   Nothing moves while somebody presses: what is new waits until the finger is up. Right after a 見ました another one does
   not count, as the alarm that came into its place has not been read. */
const LOOK_EVERY = 5; // ticks of a second
const REST = 1500;
const NOTES = [523.25, 392, 523.25];
const SOUND_EVERY = 6000;
const PRESS_LASTS = 10_000; // at most, as the end of a press outside the window is never heard
const READING = 700;
const SILENT = "alarms-silent";

customElements.define(
  "alarm-banner",
  class extends HTMLElement {
    connectedCallback() {
      setTimeout(() => this.begin()); // once every script of the bundle has run
    }

    begin() {
      this.tone = new RingTone(NOTES, SOUND_EVERY);
      this.notice = new DesktopNotice("知らせがあります");
      this.told = this.querySelector("[data-told]");
      this.switches = this.querySelector("[data-switch]");
      for (const press of ["click", "keyup"]) addEventListener(press, () => this.pressedOnce()); // once the press has landed
      for (const press of ["pointerdown", "pointerup", "pointercancel"]) addEventListener(press, (event) => this.presses(event), true);
      addEventListener("resize", () => this.measure());
      this.addEventListener("submit", (event) => this.pressed(event));
      this.addEventListener("click", (event) => event.target.closest("[data-more]") && this.unfold());
      this.switches.addEventListener("click", () => this.turn());
      document.addEventListener("desk-looked", () => this.look());
      this.ticks = 0;
      this.metronome = new Worker(this.dataset.metronome);
      this.metronome.addEventListener("message", () => this.tick());
      this.look();
    }

    disconnectedCallback() {
      this.metronome?.terminate();
      this.tone?.stop();
      this.notice?.end();
    }

    get off() {
      return localStorage.getItem(SILENT) !== null;
    }

    get mayNotSoundYet() {
      return this.tone.silent && !navigator.userActivation?.hasBeenActive;
    }

    tick() {
      this.ticks += 1;
      if (this.ticks % LOOK_EVERY === 0) this.look();
    }

    async look() {
      if (Date.now() - (this.last ?? 0) < REST) return;
      this.last = Date.now();
      const silent = this.off || this.mayNotSoundYet ? "?silent" : "";
      try {
        const answer = await ask(`${this.dataset.source}${silent}`);
        const html = await answer.text();
        if (!(this.fresh?.asked > answer.asked)) this.fresh = { html, asked: answer.asked };
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble; // what is shown stays; the page's own parts say what is wrong
      }
      this.put();
    }

    presses({ type }) {
      this.pressedAt = type === "pointerdown" ? Date.now() : 0;
      if (type !== "pointerdown") setTimeout(() => this.put()); // once the click has landed
    }

    put() {
      if (Date.now() - (this.pressedAt ?? 0) < PRESS_LASTS) return;
      if (this.fresh) putParts(this.fresh.html, { patiently: true, asked: this.fresh.asked });
      this.fresh = undefined;
      this.dress();
    }

    /** On a small screen, shows what stands below the heads of the alarms, or folds it away. */
    unfold() {
      this.toggleAttribute("data-open");
      this.dress();
    }

    /** What stays in sight on a small screen; the call stays below it. */
    measure() {
      const heads = [...this.querySelectorAll(".alarm--sounds > .alarm-head")];
      const stay = heads.filter((head) => getComputedStyle(head).position === "sticky");
      const height = Math.max(0, ...stay.map((head) => head.offsetHeight));
      document.documentElement.style.setProperty("--alarm-head", `${height}px`);
    }

    dress() {
      this.measure();
      for (const more of this.querySelectorAll("[data-more]")) more.setAttribute("aria-expanded", String("open" in this.dataset));
      const sounding = Boolean(this.querySelector("[data-sounds]"));
      if (!sounding || this.off) this.tone.stop();
      else if (!this.sounded) this.sound();
      this.sounded = sounding && !this.off;
      if (!sounding) this.notice.end();
      else if (!this.noticed) this.notice.begin();
      this.noticed = sounding;
      const silent = this.off || this.mayNotSoundYet;
      this.told.hidden &&= !silent && !sounding; // once shown it stays: nothing moves up under a finger
      this.told.querySelector("span").textContent = this.words(sounding);
      this.switches.textContent = this.off ? "音を鳴らす" : "この端末では鳴らさない";
      this.switches.hidden = !this.off && !sounding;
    }

    words(sounding) {
      if (this.off) return "この端末では、知らせの音を消しています。文字の知らせは、ここに出ます。";
      if (this.mayNotSoundYet) return "知らせの音は、まだ鳴りません。画面のどこかを一度押すと、鳴るようになります。";
      return sounding ? "見た人がいるまで、音が鳴ります。" : "知らせがあれば、音が鳴ります。";
    }

    sound() {
      this.tone.ready(); // the browser may let it, as somebody has pressed something here before
      if (document.querySelector("#callbar[data-call], #call-strip[data-mode=talk]")) this.tone.chime();
      else this.tone.start();
    }

    pressedOnce() {
      if (this.tone.silent) this.tone.ready();
      this.dress();
    }

    turn() {
      if (this.off) localStorage.removeItem(SILENT);
      else localStorage.setItem(SILENT, "1");
      this.tone.ready();
      this.last = 0;
      this.look();
    }

    async pressed(event) {
      event.preventDefault();
      const form = event.target;
      if ("seen" in form.dataset) {
        if (Date.now() - (this.seenAt ?? 0) < READING) return;
        this.seenAt = Date.now();
      }
      const toast = document.querySelector("toast-box");
      try {
        await ask(form.action, { form: new FormData(form, event.submitter) });
        if ("joins" in form.dataset) toast.say("ご自分の電話を呼び出しています。聴き方は、「いまの回線」でも変えられます。");
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        toast.say(trouble.message, "warn");
      }
      this.last = 0;
      this.look();
      document.querySelector("live-parts")?.look();
    }
  },
);
