/* QualityLog: how well a leg carries the voices, gathered in this page and sent in a compact form.

   begin(leg) · sample({mos, rtt, jitter, loss}) about once a second · warned(name, on) · end()
   send(leg, text) is called once a minute and at the end; text is JSON of numbers and warnings' names only. */
const SEND_EVERY = 60_000;
const MOST = 50;
const LOW_IS_BAD = new Set(["mos"]);

globalThis.QualityLog = class {
  constructor(send) {
    this.send = send;
    this.leg = null;
  }

  begin(leg) {
    this.leg = leg;
    this.began = this.sentAt = performance.now();
    this.values = { mos: [], rtt: [], jitter: [], loss: [] };
    this.warnings = [];
  }

  get seconds() {
    return Math.round((performance.now() - this.began) / 1000);
  }

  sample(measured) {
    if (!this.leg) return;
    for (const [name, values] of Object.entries(this.values)) {
      if (Number.isFinite(measured[name])) values.push(measured[name]);
    }
    if (performance.now() - this.sentAt > SEND_EVERY) this.tell();
  }

  warned(name, on) {
    if (!this.leg) return;
    const open = this.warnings.find((one) => one[0] === name && one[2] === null);
    if (on && !open && this.warnings.length < MOST) this.warnings.push([name, this.seconds, null]);
    else if (!on && open) open[2] = this.seconds;
  }

  end() {
    if (this.leg) this.tell();
    this.leg = null;
  }

  tell() {
    this.sentAt = performance.now();
    const spread = Object.entries(this.values)
      .filter(([, values]) => values.length)
      .map(([name, values]) => [name, this.spread(values, LOW_IS_BAD.has(name))]);
    const account = { seconds: this.seconds, warnings: this.warnings, ...Object.fromEntries(spread) };
    this.send(this.leg, JSON.stringify(account));
  }

  /** The worst value and the median. */
  spread(values, lowIsBad) {
    const sorted = values.toSorted((one, other) => one - other);
    return [lowIsBad ? sorted[0] : sorted.at(-1), sorted[Math.floor(sorted.length / 2)]];
  }
};
