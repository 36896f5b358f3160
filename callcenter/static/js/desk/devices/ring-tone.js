/* RingTone(notes, every): a few soft notes, again and again, until somebody answers. No file: it is made here.

   It sounds where this browser was told to ring. A browser lets a page sound only after somebody pressed something on
   it; ready() is called on the first press. */
const NOTES = [659.25, 783.99];
const EVERY = 3000;

globalThis.RingTone = class {
  constructor(notes = NOTES, every = EVERY) {
    this.notes = notes;
    this.every = every;
    document.addEventListener("loudspeakers", () => this.context && this.place());
  }

  ready() {
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") this.context.resume();
    return this.place();
  }

  async place() {
    const place = await Loudspeakers.now("ring");
    if ((this.context.sinkId ?? "") === place) return;
    try {
      await this.context.setSinkId(place);
    } catch {
      await this.context.setSinkId("").catch(() => {}); // unplugged in between: it goes on where it sounded
    }
    await this.context.resume();
  }

  start() {
    if (this.timer) return;
    this.chime();
    this.timer = setInterval(() => this.chime(), this.every);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  get silent() {
    return this.context?.state !== "running";
  }

  chime() {
    if (this.silent) return;
    this.notes.forEach((pitch, place) => this.note(pitch, this.context.currentTime + place * 0.45));
  }

  // A bell: a quick, gentle start and a long end.
  note(pitch, at) {
    const volume = this.context.createGain();
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.12, at + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 1.1);
    const voice = this.context.createOscillator();
    voice.frequency.value = pitch;
    voice.connect(volume).connect(this.context.destination);
    voice.start(at);
    voice.stop(at + 1.2);
  }
};
