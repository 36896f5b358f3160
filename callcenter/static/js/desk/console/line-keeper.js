/* LineKeeper: keeps this tab's line registered while the tab holds the telephone, with a token that is always young.

   keeper.hold(lease) · rest() · tick() once a second · rings: whether a ring here could be answered and heard
   · why: why it could not, in words; null while there is nothing to say
   "changed" is dispatched when `rings` may have changed, "hindered" when only `why` has, "trouble" {words} when the
   person should know of something. */
const RENEW_BEFORE = 60_000;
const GRACE = 10_000; // a line that comes back by then was never away: a page in the browser's cache, a new network
const RETRY_AFTER = 5;
const RETRY_MOST = 60;
const NO_ANSWER_AFTER = 20;
const NO_ANSWER = "電話の回線から、返事がありません。ネットワークを確かめてください。";
const NO_CHECK = "「マイクを確かめる」を押すと、ここで電話を受けられます。";

const expected = (trouble) => {
  if (!(trouble instanceof Trouble) && !(trouble instanceof TypeError)) throw trouble;
};

globalThis.LineKeeper = class extends EventTarget {
  constructor(line, address) {
    super();
    this.line = line;
    this.address = address;
    this.registered = false;
    this.ticks = this.retryAt = this.retryAfter = 0;
    this.hindrance = null;
    line.addEventListener("registration", ({ detail }) => this.heard(detail));
    line.addEventListener("registration-failed", ({ detail }) => this.hindered(detail.words));
    line.addEventListener("expiring", () => this.renew());
    document.addEventListener("mic-check", () => this.listen());
    document.addEventListener("loudspeakers", () => this.hear());
  }

  get check() {
    return this.line.speaksInWords ? null : document.querySelector("mic-check");
  }

  get rings() {
    return this.registered && (this.check?.ready ?? true);
  }

  get why() {
    if (!this.lease || this.rings) return null;
    return this.registered ? NO_CHECK : this.hindrance;
  }

  hindered(words) {
    this.hindrance = words;
    this.dispatchEvent(new CustomEvent("hindered"));
  }

  hold(lease) {
    this.lease = lease;
    this.heldAt = this.ticks;
    this.hindrance = null;
    this.retryAfter = 0;
    return this.connect();
  }

  rest() {
    clearTimeout(this.grace);
    this.lease = undefined;
    this.registered = false;
    this.line.leave();
  }

  tick() {
    this.ticks += 1;
    if (!this.lease) return;
    if (this.ticks >= this.retryAt && !this.line.session && !this.connecting) this.connect();
    if (this.renewAt && performance.now() > this.renewAt) this.renew();
    if (this.ticks === this.heldAt + NO_ANSWER_AFTER && !this.registered && !this.why) this.hindered(NO_ANSWER);
  }

  async connect() {
    this.connecting = true;
    this.retryAfter = Math.min(RETRY_MOST, Math.max(RETRY_AFTER, 2 * this.retryAfter));
    this.retryAt = this.ticks + this.retryAfter;
    try {
      this.listen();
      this.hear();
      await this.line.register(await this.token());
    } catch (trouble) {
      expected(trouble);
      this.registered = false; // a later tick tries again
      this.hindered(trouble instanceof Trouble ? trouble.message : NO_ANSWER);
      if (["line", "refused"].includes(trouble.kind) && trouble.message !== this.told) this.tell(trouble.message);
      this.told = trouble.message;
    } finally {
      this.connecting = false;
    }
  }

  tell(words) {
    this.dispatchEvent(new CustomEvent("trouble", { detail: { words } }));
  }

  async token() {
    const form = new FormData();
    form.set("lease", this.lease);
    const { token, seconds } = await askJson(this.address, { form });
    this.renewAt = performance.now() + seconds * 1000 - RENEW_BEFORE;
    return token;
  }

  /** The line says when a token runs out, but may say so only once; a clock of ours asks as well. */
  async renew() {
    if (!this.lease) return;
    this.renewAt = performance.now() + 10_000;
    try {
      await this.line.refresh(await this.token());
    } catch (trouble) {
      expected(trouble);
      this.renewAt = performance.now() + 10_000; // again while the old one still holds
    }
  }

  /** Being away is told only when it lasts; coming back is told at once. */
  heard({ registered, lost }) {
    clearTimeout(this.grace);
    if (registered) {
      this.retryAfter = 0;
      this.told = undefined;
      this.hindrance = null;
    }
    if (registered === this.registered) return;
    if (registered || lost) {
      this.registered = registered;
      this.dispatchEvent(new CustomEvent("changed"));
    } else this.grace = setTimeout(() => this.heard({ registered, lost: true }), GRACE);
  }

  async hear() {
    this.line.hearAt(await Loudspeakers.now("voice"));
  }

  listen() {
    this.line.listenWith(this.check?.microphone);
    if (this.registered) this.dispatchEvent(new CustomEvent("changed"));
  }
};
