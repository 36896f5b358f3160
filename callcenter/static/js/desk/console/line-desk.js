/* <line-desk>: this tab as the counsellor's telephone.

   One tab holds the lease; it says every five seconds that it is alive and whether it can be rung, sounds when
   somebody is offered, and accepts or declines. Other tabs only look, and may take over. Where calls ring at a
   telephone (data-by-phone on the call bar) it rests. */
const BEAT_EVERY = 5;
const FROZEN = 20_000; // a page that stood still for so long could not ring, and its person may not be there
const TITLES = { ring: "● 呼び出し中", talk: "通話中", listen: "通話を聴いています", wrapup: "記録の時間" };
const QUALITY = {
  silent: "声がマイクに入っていないようです",
  poor: "回線が不安定で、声がとぎれるかもしれません",
  broken: "声が届きにくくなっています。つなぎ直しています…",
};
const MUTED = "ミュート中です。相手の方には聞こえていません。";
const RINGS = "電話が鳴っています";
const PUT_AWAY = "電話を受けられない状態だったため、離席にしました。戻れるときに「受け付ける」を押してください。";
const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select";

const expected = (trouble) => {
  if (!(trouble instanceof Trouble) && !(trouble instanceof TypeError)) throw trouble;
};

customElements.define(
  "line-desk",
  class extends HTMLElement {
    connectedCallback() {
      this.title = document.title;
      this.muted = false;
      this.key = `lease-${this.dataset.who}`;
      setTimeout(() => this.begin());
    }

    begin() {
      this.tone = new RingTone();
      this.notice = new DesktopNotice(RINGS);
      this.log = new QualityLog((leg, account) => this.note(leg, account));
      for (const press of ["pointerdown", "keydown"]) addEventListener(press, () => this.pressedOnce());
      document.addEventListener("click", (event) => this.clicked(event));
      document.addEventListener("submit", (event) => this.submitted(event));
      document.addEventListener("desk-looked", () => this.dress());
      addEventListener("beforeunload", (event) => (this.connected || this.ringing) && event.preventDefault());
      this.second = new SecondTab(() => this.stays);
      this.tab = new TelephoneTab(this.dataset.who);
      this.tab.addEventListener("asked", () => this.tell(true));
      this.tab.addEventListener("pressed", ({ detail }) => this.pressedElsewhere(detail));
      this.ticks = 0;
      this.dress();
    }

    /** The browser's telephone rests while calls ring elsewhere, and is taken up when they come back. */
    follow() {
      if (this.byPhone === this.rests) return;
      this.rests = this.byPhone;
      if (this.rests) {
        this.lease = undefined;
        this.onlyLook(false);
        this.putDown();
        return;
      }
      if (!this.line) this.plugIn();
      this.claim();
    }

    plugIn() {
      const { simulated, token, metronome } = this.dataset;
      this.line = this.listening(simulated ? new SimulatedLine(simulated) : new TwilioLine(this.dataset));
      this.keeper = new LineKeeper(this.line, token);
      this.keeper.addEventListener("changed", () => this.lease && this.beat().then(() => this.parts.look()));
      this.keeper.addEventListener("hindered", () => this.dress());
      this.keeper.addEventListener("trouble", ({ detail }) => this.say(detail.words));
      this.metronome = new Worker(metronome);
      this.metronome.addEventListener("message", () => this.tick());
    }

    putDown() {
      this.keeper?.rest();
      this.hush();
    }

    get byPhone() {
      return "byPhone" in this.callbar.dataset;
    }

    get isTelephone() {
      return !this.byPhone && Boolean(this.lease || this.connected);
    }

    /** Whether a ring or a voice would be lost with this page. */
    get stays() {
      const rests = ["offline", "away"].includes(this.callbar.dataset.mode);
      return this.isTelephone && (this.connected || this.ringing || !rests);
    }

    /** What other tabs of this person show of it; unless somebody *asked* only what is new. */
    tell(asked = false) {
      if (!this.isTelephone) return;
      const { mode, offer } = this.callbar.dataset;
      const state = { connected: Boolean(this.connected), muted: this.muted, mode, offer };
      if (!asked && this.told === JSON.stringify(state)) return;
      this.told = JSON.stringify(state);
      this.tab.tell(state);
    }

    pressedElsewhere(what) {
      if (!this.isTelephone) return;
      if (what === "accept") this.accept();
      else if (what === "mute" && this.connected) this.mute();
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
        if (await this.beat()) return this.keeper.hold(kept);
        if (this.lease === kept) return undefined; // the server is away; the next beat tells
      }
      return this.take(false);
    }

    /** A duplicated tab has the same memory; only one of the two may use it. */
    alone(lease) {
      if (!navigator.locks || this.locked === lease) return true;
      return new Promise((answer) => {
        navigator.locks.request(`line-${lease}`, { ifAvailable: true }, (lock) => {
          if (lock) this.locked = lease;
          answer(Boolean(lock));
          return lock && new Promise(() => {});
        });
      });
    }

    async take(force) {
      const form = new FormData();
      if (force) form.set("force", "1");
      try {
        const { lease } = await askJson(this.dataset.lease, { form });
        this.lease = lease;
        sessionStorage.setItem(this.key, lease);
        await this.alone(lease);
        this.onlyLook(false);
        await this.keeper.hold(lease);
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        if (trouble.kind === "refused") this.onlyLook(true);
        else setTimeout(() => this.take(force), 3000);
        if (force) this.say(trouble.message);
      }
    }

    onlyLook(on) {
      document.getElementById("other-tab").hidden = !on;
      this.looksOnly = on;
      if (on) {
        this.lease = undefined;
        if (!this.connected) this.putDown(); // a talk goes on in the tab that it began in
      }
      this.dress();
    }

    tick() {
      const now = Date.now();
      this.stoodStill ||= now - (this.tickedAt ?? now) > FROZEN;
      this.tickedAt = now;
      this.ticks += 1;
      if (this.lease && this.ticks % BEAT_EVERY === 0) this.beat();
      this.keeper.tick();
    }

    async beat() {
      const form = new FormData();
      form.set("lease", this.lease);
      form.set("registered", this.keeper.rings ? "1" : "0");
      const { stoodStill } = this; // it may come while this beat is on its way
      if (stoodStill) form.set("stood_still", "1");
      try {
        await ask(this.dataset.beat, { form, timeout: 4000 });
        if (stoodStill) this.stoodStill = false;
        return true;
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        if (trouble.kind === "refused") this.onlyLook(true);
        return false;
      }
    }

    // ---- the line

    listening(line) {
      const on = (name, act) => line.addEventListener(name, (event) => act(event.detail));
      on("incoming", () => {
        this.ringing = true;
        this.ring();
        if (this.wanted) this.accept();
        this.parts.look();
      });
      on("cancelled", () => this.silence());
      on("connected", () => {
        this.silence();
        this.settle("line");
        this.connected = true;
        this.measure();
      });
      on("disconnected", () => {
        this.connected = this.muted = false;
        this.trouble = null;
        this.log.end();
        this.silence();
        if (!this.lease) this.putDown();
      });
      on("quality", ({ trouble }) => this.warn(trouble));
      on("warned", ({ name, on: begun }) => this.log.warned(name, begun));
      on("sample", (measured) => this.log.sample(measured));
      on("failed", ({ words }) => this.say(words));
      on("heard", (words) => document.querySelector("trial-talk").hear(words));
      return line;
    }

    /** The leg's name stands on the bar; a supervisor's leg, which only follows a talk, has none there. */
    measure() {
      const { leg } = this.callbar.dataset;
      if (this.connected && leg && !this.log.leg) this.log.begin(leg);
    }

    async note(leg, account) {
      const form = new FormData();
      form.set("account", account);
      await ask(this.dataset.quality.replace("LEG", leg), { form }).catch(expected); // the next one tells more
    }

    warn(trouble) {
      this.trouble = trouble;
      if (trouble) document.getElementById("announce").textContent = QUALITY[trouble];
      this.dress();
    }

    say(words, cause = "line") {
      document.querySelector("toast-box").say(words, "warn", null, cause);
    }

    settle(cause) {
      document.querySelector("toast-box").settle(cause);
    }

    ring() {
      this.tone.start();
      this.notice.begin();
    }

    hush() {
      this.tone.stop();
      this.notice.end();
    }

    silence() {
      this.ringing = this.wanted = false;
      this.hush();
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
      this.hush();
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
      this.hush();
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
        this.say(trouble.message);
        this.dress();
        return false;
      }
    }

    // ---- what the screen shows of it

    dress() {
      this.follow();
      this.measure();
      const { mode, offer, putAway } = this.callbar.dataset;
      const what = putAway ? "離席にしました" : TITLES[mode];
      document.title = what ? `${what}・${this.title}` : this.title;
      if (putAway && putAway !== this.putAway) this.say(PUT_AWAY, "put-away");
      if (!putAway && this.putAway) this.settle("put-away");
      this.putAway = putAway;
      // Whoever asked to follow a talk has said that they pick up.
      if (mode === "listen" && this.ringing && !this.wanted) this.accept();
      if (mode !== "ring" && !this.ringing) {
        this.hush();
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
      if (told && !this.byPhone) {
        // Words spoken before the caller is in the room would be lost on them.
        const alone = "alone" in this.callbar.dataset;
        const fine = alone ? "相手の方を、お呼びしています…" : "声は届いています";
        const trouble = this.muted && this.trouble === "silent" ? null : this.trouble; // a muted microphone is silent
        told.textContent = this.connected ? (QUALITY[trouble] ?? (this.muted ? MUTED : fine)) : "声をつないでいます…";
        told.toggleAttribute("data-bad", Boolean(this.connected && (trouble || this.muted)));
      }
      this.explain();
      this.tell();
      document.querySelector("trial-talk")?.show(Boolean(this.connected && this.line.speaksInWords));
      document.querySelector("mic-check")?.toggleAttribute("hidden", this.byPhone || Boolean(this.looksOnly));
      const silent = this.callbar.querySelector("[data-silent]");
      if (silent) silent.hidden = this.byPhone || navigator.userActivation.hasBeenActive;
      for (const button of document.querySelectorAll("[data-needs-line]")) button.disabled = Boolean(this.looksOnly);
    }

    /** Why no ring can come here: where the person looks, for as long as it lasts, and read out once. */
    explain() {
      const place = this.callbar.querySelector("[data-why]");
      const words = this.byPhone || this.looksOnly || this.connected ? null : (this.keeper?.why ?? null);
      place.textContent = words ?? "";
      place.hidden = !words;
      if (words && words !== this.explained) document.getElementById("announce").textContent = words;
      this.explained = words;
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
