/* SimulatedLine: the line of a trial, spoken with over HTTP at the simulator's own origin.

   A page that is loaded anew takes up the session it had, so a call outlives a reload. */
const KEPT = "simulated-line";
const NOT_CONNECTED = "電話につながりませんでした。";
const MEASURED = { mos: 4.4, rtt: 40, jitter: 3, loss: 0 }; // its words always arrive

globalThis.SimulatedLine = class extends globalThis.Line {
  constructor(origin) {
    super();
    this.origin = origin;
    this.leg = null;
  }

  get speaksInWords() {
    return true;
  }

  async register(token) {
    this.leave();
    const { identity } = this.read(token);
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    const resumed = kept?.identity === identity && (await this.resumes(kept.session, token));
    this.session = resumed ? kept.session : (await this.post("/device/register", { token })).session;
    sessionStorage.setItem(KEPT, JSON.stringify({ session: this.session, identity }));
    this.listen();
  }

  /** Only the identity is read here; whether the token is good is for the line to say. */
  read(token) {
    const middle = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(middle)).grants;
  }

  async resumes(session, token) {
    try {
      await this.post(`/device/${session}/refresh`, { token });
      return true;
    } catch {
      return false;
    }
  }

  async refresh(token) {
    if (this.session) await this.post(`/device/${this.session}/refresh`, { token });
  }

  leave() {
    this.events?.close();
    this.events = null;
    this.session = null;
  }

  listen() {
    const events = new EventSource(`${this.origin}/device/${this.session}/events`);
    this.events = events;
    const on = (name, act) => events.addEventListener(name, (event) => act(JSON.parse(event.data)));
    on("registered", () => this.tell("registration", { registered: true }));
    on("unregistered", () => this.lost());
    on("tokenWillExpire", () => this.tell("expiring"));
    on("incoming", ({ call_sid: leg }) => {
      this.leg = leg;
      this.tell("incoming", { leg });
    });
    on("cancel", ({ call_sid: leg }) => this.over(leg, "cancelled"));
    on("connected", ({ call_sid: leg }) => {
      this.leg = leg;
      clearInterval(this.measuring);
      this.measuring = setInterval(() => this.tell("sample", MEASURED), 1000);
      this.tell("connected", { leg });
    });
    on("disconnected", ({ call_sid: leg }) => this.over(leg, "disconnected"));
    on("heard", ({ who, text, at }) => this.tell("heard", { who, text, at }));
    events.addEventListener("error", () => {
      // Still connecting: the browser comes back by itself and the session goes on.
      if (events.readyState === EventSource.CLOSED) this.lost();
      else this.tell("registration", { registered: false });
    });
  }

  lost() {
    this.leave();
    this.tell("registration", { registered: false, lost: true });
  }

  over(leg, name) {
    if (this.leg !== leg) return;
    this.leg = null;
    clearInterval(this.measuring);
    this.tell(name, { leg });
  }

  accept() {
    return this.act("accept");
  }

  decline() {
    return this.act("reject");
  }

  hangUp() {
    return this.act("hangup");
  }

  mute(on) {
    return this.act("mute", { muted: on });
  }

  say(text) {
    return this.act("say", { text });
  }

  async act(name, json = {}) {
    if (!this.leg || !this.session) throw new Trouble("line", "この電話は、もう終わっています。");
    return this.post(`/device/${this.session}/calls/${this.leg}/${name}`, { json });
  }

  async post(path, { token, json }) {
    const headers = token ? { Authorization: `Bearer ${token}` } : { "Content-Type": "application/json" };
    const body = json ? JSON.stringify(json) : undefined;
    const signal = AbortSignal.timeout(8000);
    const answer = await fetch(this.origin + path, { method: "POST", headers, body, signal }).catch(() => null);
    const told = await answer?.json().catch(() => null); // it broke off, as when the page is left meanwhile
    if (!answer?.ok || !told) throw new Trouble("line", told?.error ?? NOT_CONNECTED);
    return told;
  }
};
