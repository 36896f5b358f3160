/* The browser's Japanese voice reads what the chosen caller hears; the keypad sounds like one. Only while switched on. */
import { isMusic } from "./captions.js";
import { part, show } from "./dom.js";
import { line } from "./line.js";

const LOW = { 1: 697, 2: 697, 3: 697, 4: 770, 5: 770, 6: 770, 7: 852, 8: 852, 9: 852, "*": 941, 0: 941, "#": 941 };
const HIGH = { 1: 1209, 2: 1336, 3: 1477, 4: 1209, 5: 1336, 6: 1477, 7: 1209, 8: 1336, 9: 1477, "*": 1209, 0: 1336, "#": 1477 };
const KEY_SECONDS = 0.14;
const SPEECH_RATE = 0.95;

class Voice {
  #on = false;
  #heard = null; // caller's SID → id of the newest caption taken notice of
  #speaking = null; // SID of the caller whose line is being read
  #sound = null;

  start(toggle, hint) {
    this.hint = hint;
    toggle.addEventListener("change", () => this.turn(toggle.checked));
  }

  turn(on) {
    this.#on = on;
    if (!on) this.hush();
    this.#explain();
  }

  #explain() {
    const words = this.#trouble();
    this.hint.textContent = words;
    show(this.hint, this.#on && words !== "");
  }

  #trouble() {
    if (!("speechSynthesis" in window)) return "このブラウザーは、声を出せません。文字でお読みください。";
    const voices = speechSynthesis.getVoices();
    if (voices.length > 0 && !voices.some((voice) => voice.lang.startsWith("ja"))) {
      return "この機器には、日本語の声がありません。文字でお読みください。";
    }
    return line.state && line.state.clock.pace !== 1 ? "声が出るのは、時計が1倍のときだけです。" : "";
  }

  /** Take notice of what is new on every call, and read it out if it is the chosen caller's. */
  follow(callers, chosen) {
    const first = this.#heard === null;
    const before = this.#heard ?? new Map();
    this.#heard = new Map(callers.map((one) => [one.sid, one.captions.at(-1)?.id ?? 0]));
    if (this.#on) this.#explain();
    const caller = callers.find((one) => one.sid === chosen);
    if (!caller || caller.state === "ended" || this.#speaking !== chosen) this.hush();
    if (first || !this.#on || !caller || caller.state === "ended" || line.state.clock.pace !== 1) return;
    const fresh = caller.captions.filter((one) => one.id > (before.get(chosen) ?? 0));
    if (caller.captions.findLast((one) => one.kind === "said")?.cut) this.hush();
    for (const caption of fresh) this.#read(caption, chosen);
  }

  #read(caption, sid) {
    if (caption.cut || isMusic(caption) || !["said", "them"].includes(caption.kind)) return;
    if (!("speechSynthesis" in window)) return;
    const words = new SpeechSynthesisUtterance(caption.text);
    words.lang = "ja-JP";
    words.rate = SPEECH_RATE;
    words.pitch = caption.kind === "them" ? 0.85 : 1;
    words.voice = speechSynthesis.getVoices().find((voice) => voice.lang.startsWith("ja")) ?? null;
    this.#speaking = sid;
    speechSynthesis.speak(words);
  }

  hush() {
    if (this.#speaking === null) return;
    this.#speaking = null;
    speechSynthesis.cancel();
  }

  key(digit) {
    if (!this.#on) return;
    this.#sound ??= new AudioContext();
    const loudness = this.#sound.createGain();
    loudness.gain.value = 0.06;
    loudness.connect(this.#sound.destination);
    for (const pitch of [LOW[digit], HIGH[digit]]) {
      const tone = this.#sound.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(loudness);
      tone.start();
      tone.stop(this.#sound.currentTime + KEY_SECONDS);
    }
  }
}

export const voice = new Voice();

export function startVoice() {
  voice.start(document.getElementById("voice"), part(document, "voice-hint"));
}
