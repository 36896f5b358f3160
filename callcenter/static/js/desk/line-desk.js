/* <line-desk>: this tab as the counsellor's telephone.

   One tab holds the lease; it says every five seconds that it is alive and whether it can be rung, registers with
   the line, sounds when somebody is offered, and accepts or declines. Other tabs only look, and may take over. */
const BEAT_EVERY = 5;
const RENEW_BEFORE = 60_000;
const TITLES = { ring: "● 呼び出し中", talk: "通話中", wrapup: "後処理" };
const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select";

customElements.define(
  "line-desk",
  class extends HTMLElement {
    connectedCallback() {
      this.title = document.title;
      this.registered = this.muted = false;
      this.key = `lease-${this.dataset.who}`;
      setTimeout(() => this.begin());
    }

    begin() {
      this.tone = new RingTone();
      for (const press of ["pointerdown", "keydown"]) addEventListener(press, () => this.pressedOnce());
      document.addEventListener("click", (event) => this.clicked(event));
      document.addEventListener("submit", (event) => this.submitted(event));
      document.addEventListener("desk-looked", () => this.dress());
      addEventListener("beforeunload", (event) => this.connected && event.preventDefault());
      this.dress();
      if ("byPhone" in this.dataset) return;
      this.metronome = new Worker(this.dataset.metronome);
      this.metronome.addEventListener("message", () => this.tick());
      this.ticks = 0;
      this.claim();
    }

    pressedOnce() {
      this.tone.ready();
      const silent = this.callbar.querySelector("[data-silent]");
      if (silent) silent.hidden = true;
    }

    get callbar() {
      return document.getElementById("callbar");
    }

    get parts() {
      return document.querySelector("live-parts");
    }

    // ---- holding the telephone

    async claim() {
      const kept = sessionStorage.getItem(this.key);
      if (kept && (await this.alone(kept))) {
        this.lease = kept;
        if (await this.beat()) return this.connect();
        if (this.lease === kept) return undefined; // the server is away; the next beat tells
      }
      return this.take(false);
    }

    /** A duplicated tab has the same memory; only one of the two may use it. */
    alone(lease) {
      if (!navigator.locks) return true;
      return new Promise((answer) => {
        navigator.locks.request(`line-${lease}`, { ifAvailable: true }, (lock) => {
          answer(Boolean(lock));
          return lock && new Promise(() => {});
        });
      });
    }

    async take(force) {
      const form = new FormData();
      if (force) form.set("force", "1");
      try {
        const { lease } = await (await ask(this.dataset.lease, { form })).json();
        this.lease = lease;
        sessionStorage.setItem(this.key, lease);
        await this.alone(lease);
        this.onlyLook(false);
        await this.connect();
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        if (trouble.kind === "refused") this.onlyLook(true);
        else setTimeout(() => this.take(force), 3000);
      }
    }

    onlyLook(on) {
      document.getElementById("other-tab").hidden = !on;
      this.looksOnly = on;
      if (on) {
        this.lease = undefined;
        this.line?.leave();
        this.registered = false;
        this.tone.stop();
      }
      this.dress();
    }

    tick() {
      this.ticks += 1;
      if (!this.lease) return;
      if (this.ticks % BEAT_EVERY === 0) this.beat();
      if (this.ticks % BEAT_EVERY === 0 && !this.line?.session && !this.connecting) this.connect();
      if (this.renewAt && performance.now() > this.renewAt) this.renew();
    }

    async beat() {
      const form = new FormData();
      form.set("lease", this.lease);
      form.set("registered", this.registered ? "1" : "0");
      try {
        await ask(this.dataset.beat, { form, timeout: 4000 });
        return true;
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        if (trouble.kind === "refused") this.onlyLook(true);
        return false;
      }
    }

    // ---- the line

    async connect() {
      if (!this.dataset.simulated) return this.without();
      this.connecting = true;
      this.line ??= this.listening(new SimulatedLine(this.dataset.simulated));
      try {
        await this.line.register(await this.token());
      } catch (trouble) {
        if (!(trouble instanceof Trouble) && !(trouble instanceof TypeError)) throw trouble;
        this.registered = false; // the line is away; a later tick tries again
      } finally {
        this.connecting = false;
      }
      return undefined;
    }

    without() {
      if (this.told) return;
      this.told = true;
      const words = "このブラウザーの電話は、まだ使えません。電話機で受けるときは、管理者に声をかけてください。";
      document.querySelector("toast-box").say(words, "warn");
    }

    async token() {
      const form = new FormData();
      form.set("lease", this.lease);
      const { token, seconds } = await (await ask(this.dataset.token, { form })).json();
      this.renewAt = performance.now() + seconds * 1000 - RENEW_BEFORE;
      return token;
    }

    async renew() {
      this.renewAt = performance.now() + 10_000;
      try {
        await this.line.refresh(await this.token());
      } catch (trouble) {
        if (!(trouble instanceof Trouble) && !(trouble instanceof TypeError)) throw trouble;
        this.renewAt = performance.now() + 10_000; // again while the old one still holds
      }
    }

    listening(line) {
      const on = (name, act) => line.addEventListener(name, (event) => act(event.detail));
      on("registration", ({ registered }) => {
        this.registered = registered;
        if (this.lease) this.beat().then(() => this.parts.look());
      });
      on("expiring", () => this.renew());
      on("incoming", () => {
        this.ringing = true;
        this.tone.start();
        if (this.wanted) this.accept();
        this.parts.look();
      });
      on("cancelled", () => this.silence());
      on("connected", () => {
        this.silence();
        this.connected = true;
      });
      on("disconnected", () => {
        this.connected = this.muted = false;
        this.silence();
      });
      on("heard", (words) => document.querySelector("trial-talk").hear(words));
      return line;
    }

    silence() {
      this.ringing = this.wanted = false;
      this.tone.stop();
      this.dress();
      this.parts.look();
    }

    // ---- what the person does

    clicked(event) {
      if (event.target.closest("[data-accept]")) this.accept();
      else if (event.target.closest("[data-mute]")) this.mute();
      else if (event.target.closest("[data-take-over]")) this.take(true);
    }

    async accept() {
      this.wanted = true;
      this.dress();
      if (!this.ringing) return;
      this.ringing = false;
      this.tone.stop();
      await this.tried(() => this.line.accept());
    }

    async mute() {
      if (await this.tried(() => this.line.mute(!this.muted))) this.muted = !this.muted;
      this.dress();
    }

    /** Written down first, so that the caller goes on to somebody else whatever becomes of this device. */
    async submitted(event) {
      if (!event.target.matches("[data-decline]")) return;
      event.preventDefault();
      this.tone.stop();
      const rang = this.ringing;
      this.ringing = this.wanted = false;
      const written = await this.tried(() => ask(event.target.action, { form: new FormData(event.target) }));
      // The server ends the ring too; whichever is first, it is over.
      if (written && rang) await this.line.decline().catch(() => this.dress());
      this.parts.look();
    }

    async tried(act) {
      try {
        await act();
        return true;
      } catch (trouble) {
        if (!(trouble instanceof Trouble) && !(trouble instanceof TypeError)) throw trouble;
        this.wanted = false;
        document.querySelector("toast-box").say(trouble.message, "warn");
        this.dress();
        return false;
      }
    }

    // ---- what the screen shows of it

    dress() {
      const { mode, offer } = this.callbar.dataset;
      document.title = TITLES[mode] ? `${TITLES[mode]}・${this.title}` : this.title;
      if (mode !== "ring" && !this.ringing) {
        this.tone.stop();
        this.wanted = false; // a wish to answer is for this ring only
      }
      if (offer && offer !== this.shown) this.announce();
      this.shown = offer;
      const accept = this.callbar.querySelector("[data-accept]");
      if (accept) {
        accept.querySelector("span").textContent = this.wanted ? "つないでいます" : "受ける";
        accept.hidden = Boolean(this.looksOnly);
      }
      const mute = this.callbar.querySelector("[data-mute]");
      if (mute) {
        mute.setAttribute("aria-pressed", String(this.muted));
        mute.querySelector("span").textContent = this.muted ? "ミュート中" : "ミュート";
        mute.hidden = !this.connected;
      }
      const told = this.callbar.querySelector("[data-connection]");
      if (told && !("byPhone" in this.dataset)) {
        // Words spoken before the caller is in the room would be lost on them.
        const alone = "alone" in this.callbar.dataset;
        told.textContent = !this.connected ? "声をつないでいます…" : alone ? "相手の方を、お呼びしています…" : "声は届いています";
      }
      document.querySelector("trial-talk")?.show(Boolean(this.connected && this.line.speaksInWords));
      const silent = this.callbar.querySelector("[data-silent]");
      if (silent) silent.hidden = "byPhone" in this.dataset || navigator.userActivation.hasBeenActive;
      for (const button of document.querySelectorAll("[data-needs-line]")) button.disabled = Boolean(this.looksOnly);
    }

    // Sound, title and a panel; it takes the focus only if nobody is typing.
    announce() {
      const accept = this.callbar.querySelector("[data-accept]");
      const hint = this.callbar.querySelector(".callbar-name").textContent;
      document.getElementById("announce").textContent = `呼び出しです。${hint}。${accept ? "Altとエーで受けます。" : ""}`;
      if (accept && !document.activeElement?.matches(TYPING)) accept.focus({ focusVisible: true });
    }
  },
);
