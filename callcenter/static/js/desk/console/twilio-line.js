/* TwilioLine: the real line, by Twilio's Voice SDK. The SDK is fetched when somebody is to be rung here, not before.

   It only receives: the token has no outgoing grant. The sounds that the SDK would fetch from Twilio are silenced, as
   the ring is RingTone's. Whether somebody can be rung is for the server to say. */
const RENEW_BEFORE = 30_000;
const BUSY = "この電話は、もう終わっています。";
const UNFIT = "このブラウザーでは電話を使えません。ChromeかEdgeの新しい版で開くか、電話機で受けてください。";
const NOT_LOADED = "電話の部品を読みこめませんでした。つながりしだい、もう一度試します。";
const NO_MICROPHONE = "マイクを使えなかったため、つなげませんでした。「マイクを確かめる」を押してください。";

const NO_NETWORK = "電話の回線につながりません。ネットワークを確かめてください。つながりしだい、もう一度試します。";
const NOT_ADMITTED = "電話の使用が、認められませんでした。続くときは、管理者に声をかけてください。";
const RUN_OUT = "電話の許可の期限が切れました。新しい許可で、つなぎ直しています。";
const NOT_REGISTERED = "電話をつなげませんでした。続くときは、この番号を管理者に伝えてください。";

// Twilio's error codes, from https://www.twilio.com/docs/api/errors
const EXPIRED_CODES = [20104, 31205];
const TOKEN_CODES = [20101, 31204, ...EXPIRED_CODES];
const ADMISSION_CODES = [...TOKEN_CODES, 20151, 31201, 31202, 31203, 31207];
const NETWORK_CODES = [31003, 31005, 31009, 53000, 53001];
const MICROPHONE_CODES = [31401, 31402];

/** Why a line is not registered, in words that say what to do. */
const reason = (code) => {
  if (EXPIRED_CODES.includes(code)) return RUN_OUT;
  if (ADMISSION_CODES.includes(code)) return NOT_ADMITTED;
  return NETWORK_CODES.includes(code) ? NO_NETWORK : `${NOT_REGISTERED}(${code})`;
};

// Twilio's warnings, from https://www.twilio.com/docs/voice/voice-insights (SDK call quality events)
const SILENT = new Set(["constant-audio-input-level"]);
const BROKEN = new Set(["ice-connectivity-lost", "low-bytes-received", "low-bytes-sent"]);
// Silence on the other side is no fault of the line: callers here may be silent for long.
const IGNORED = new Set(["constant-audio-output-level"]);

/** A tenth of a second of nothing, as a file: 8000 samples a second, one byte each. */
const silence = () => {
  const length = 800;
  const header = new DataView(new ArrayBuffer(44));
  const text = (at, letters) => [...letters].forEach((letter, place) => header.setUint8(at + place, letter.charCodeAt()));
  text(0, "RIFF");
  header.setUint32(4, 36 + length, true);
  text(8, "WAVEfmt ");
  header.setUint32(16, 16, true);
  header.setUint16(20, 1, true);
  header.setUint16(22, 1, true);
  header.setUint32(24, 8000, true);
  header.setUint32(28, 8000, true);
  header.setUint16(32, 1, true);
  header.setUint16(34, 8, true);
  text(36, "data");
  header.setUint32(40, length, true);
  return URL.createObjectURL(new Blob([header, new Uint8Array(length).fill(128)], { type: "audio/wav" }));
};

const fetched = (address, integrity) =>
  new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.integrity = integrity;
    script.addEventListener("load", done);
    script.addEventListener("error", () => failed(new Trouble("line", NOT_LOADED)));
    document.head.append(script);
  });

globalThis.TwilioLine = class extends globalThis.Line {
  /** sdk and integrity of the script, edges to connect to. */
  constructor({ sdk, integrity, edges }) {
    super();
    Object.assign(this, { sdk, integrity, edges: edges.split(" ") });
    this.call = null;
    this.warnings = new Set();
  }

  get leg() {
    return this.call?.parameters.CallSid ?? null;
  }

  async register(token) {
    if (!globalThis.Twilio) await fetched(this.sdk, this.integrity);
    const { Device } = globalThis.Twilio;
    if (!Device.isSupported) throw new Trouble("line", UNFIT);
    this.quiet ??= silence();
    this.leave();
    const device = new Device(token, this.options(Device));
    this.session = device;
    this.listen(device);
    // It goes on trying by itself; what becomes of it comes as an event.
    device.register().catch(() => this.session === device && this.lost());
  }

  options({ SoundName }) {
    return {
      edge: this.edges,
      codecPreferences: ["opus", "pcmu"],
      closeProtection: true,
      allowIncomingWhileBusy: false,
      tokenRefreshMs: RENEW_BEFORE,
      logLevel: "silent", // its log would name telephone numbers and tokens
      disableAudioContextSounds: true, // such a sound would be fetched, which the content policy allows for no blob
      sounds: Object.fromEntries(Object.values(SoundName).map((name) => [name, this.quiet])),
    };
  }

  listen(device) {
    const on = (name, act) => device.on(name, (...told) => this.session === device && act(...told));
    device.audio?.on("deviceChange", () => this.session === device && this.place());
    on("registered", () => {
      this.place();
      this.tell("registration", { registered: true });
    });
    on("registering", () => this.tell("registration", { registered: false }));
    on("unregistered", () => this.tell("registration", { registered: false }));
    on("destroyed", () => this.lost());
    on("tokenWillExpire", () => this.tell("expiring"));
    on("error", ({ code }, call) => this.erred(code, call ?? this.call));
    on("incoming", (call) => this.incoming(call));
  }

  /** An error outside a call says why nobody can be rung here. */
  erred(code, call) {
    if (!call && !MICROPHONE_CODES.includes(code)) this.tell("registration-failed", { words: reason(code) });
    if (TOKEN_CODES.includes(code)) this.refused();
  }

  /** A token that no longer holds: begin anew, but not under a talk, which goes on as it is. */
  refused() {
    if (this.call) this.tell("expiring");
    else this.session.destroy();
  }

  refresh(token) {
    if (this.session) this.session.updateToken(token);
  }

  leave() {
    const device = this.session;
    this.session = null;
    device?.destroy();
    this.dropped();
  }

  lost() {
    this.session = null;
    this.dropped();
    this.tell("registration", { registered: false, lost: true });
  }

  // ---- the one call

  incoming(call) {
    this.place();
    this.call = call;
    this.answered = false;
    this.warnings.clear();
    const on = (name, act) => call.on(name, (...told) => this.call === call && act(...told));
    on("accept", () => {
      this.answered = true;
      this.tell("connected", { leg: this.leg });
    });
    on("cancel", () => this.over("cancelled"));
    on("reject", () => this.over("cancelled"));
    on("transportClose", () => this.answered || this.over("cancelled"));
    on("disconnect", () => this.dropped());
    // Without a microphone the SDK ends the call first and says why afterwards.
    call.on("error", ({ code }) => this.failed(call, code));
    on("warning", (name) => this.warned(name, true));
    on("warning-cleared", (name) => this.warned(name, false));
    on("sample", ({ mos, rtt, jitter, packetsLostFraction: loss }) => this.tell("sample", { mos, rtt, jitter, loss }));
    on("reconnecting", () => this.warned("ice-connectivity-lost", true));
    on("reconnected", () => this.warned("ice-connectivity-lost", false));
    this.tell("incoming", { leg: this.leg });
  }

  over(name) {
    const { leg } = this;
    this.call = null;
    this.answered = false;
    this.tell(name, { leg });
  }

  dropped() {
    if (this.call) this.over(this.answered ? "disconnected" : "cancelled");
  }

  failed(call, code) {
    if (MICROPHONE_CODES.includes(code)) this.tell("failed", { words: NO_MICROPHONE });
    if (this.call === call && call.status() === "closed") this.dropped();
  }

  warned(name, on) {
    if (IGNORED.has(name)) return;
    this.tell("warned", { name, on });
    const before = this.trouble();
    if (on) this.warnings.add(name);
    else this.warnings.delete(name);
    if (this.trouble() !== before) this.tell("quality", { trouble: this.trouble() });
  }

  /** The worst of what is warned of. */
  trouble() {
    const names = [...this.warnings];
    if (names.some((name) => BROKEN.has(name))) return "broken";
    if (names.some((name) => SILENT.has(name))) return "silent";
    return names.length ? "poor" : null;
  }

  listenWith(microphone) {
    this.microphone = microphone;
  }

  hearAt(speaker) {
    this.speaker = speaker;
    this.place();
  }

  /** The SDK knows the loudspeakers only a moment after it was made, and takes only one that it knows. */
  place() {
    const audio = this.session?.audio;
    if (!audio?.isOutputSelectionSupported) return;
    const known = [...audio.availableOutputDevices.keys()];
    const place = [this.speaker, "default", known[0]].find((id) => known.includes(id));
    const there = [...audio.speakerDevices.get()].map(({ deviceId }) => deviceId);
    if (place === undefined || there.join() === place) return;
    audio.speakerDevices.set(place).catch(() => {}); // unplugged in between: its list changes, and this is done anew
  }

  async accept() {
    // The SDK makes its context before anybody has pressed anything and never wakes it; it would measure silence.
    globalThis.Twilio.Device.audioContext?.resume();
    const device = this.microphone ? { deviceId: { ideal: this.microphone } } : {};
    this.mine().accept({ rtcConstraints: { audio: { ...device, echoCancellation: true, noiseSuppression: true } } });
  }

  async decline() {
    this.mine().reject();
  }

  async hangUp() {
    this.mine().disconnect();
  }

  async mute(on) {
    this.mine().mute(on);
  }

  mine() {
    if (!this.call) throw new Trouble("line", BUSY);
    return this.call;
  }
};
