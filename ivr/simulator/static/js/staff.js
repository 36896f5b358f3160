/* <staff-desk>: the counsellors' telephones beside the callers', and <staff-phone>, one of them. */
import { attempt, copy, follow, part, put, show } from "./dom.js";
import { line } from "./line.js";
import { dress, duration } from "./words.js";

const SHOWN_ENDED = 5; // seconds after which the line shows a telephone as idle again, without saying that it changed
const DEVICE_WORDS = { idle: "つながっています" };
let count = 0;

customElements.define(
  "staff-phone",
  class extends HTMLElement {
    connectedCallback() {
      if (this.parts) return;
      this.parts = Object.fromEntries([...this.querySelectorAll("[data-part]")].map((one) => [one.dataset.part, one]));
      this.parts.words.id = `staff-words-${++count}`;
      this.parts["say-label"].htmlFor = this.parts.words.id;
      this.parts.name.id = `staff-name-${count}`;
      this.setAttribute("aria-labelledby", this.parts.name.id);
      this.parts.say.addEventListener("submit", (event) => this.speak(event));
      for (const button of this.querySelectorAll("[data-act]")) {
        button.addEventListener("click", () => this.act(button.dataset.act));
      }
    }

    post(action, data) {
      return attempt(this.parts.wrong, () => line.post(`/api/calls/${this.handset.sid}/${action}`, data));
    }

    act(action) {
      return /^\d$/.test(action) ? this.post("digits", { digits: action }) : this.post(action);
    }

    async speak(event) {
      event.preventDefault();
      const said = this.parts.words.value.trim();
      if (said && (await this.post("say", { text: said })) && this.parts.words.value.trim() === said) {
        this.parts.words.value = "";
      }
    }

    update(handset) {
      const { state, name, captions } = handset;
      this.handset = handset;
      if (this.dataset.state !== state) show(this.parts.wrong, false); // what went wrong is of the past
      this.dataset.state = state;
      put(this.parts.name, name);
      put(this.parts["say-label"], `${name}として話す`);
      this.parts.captions.setAttribute("aria-label", `${name}に聞こえていること`);
      dress(this, state, handset.state_words);
      show(this.parts.captions, captions.length > 0);
      this.enable(state);
      this.tick();
    }

    enable(state) {
      const usable = {
        ringing: ["answer", "decline"],
        listening: ["1", "2", "hangup"],
        joining: ["hangup"],
        talking: ["hangup"],
        held: ["hangup"],
      }[state];
      const held = document.activeElement;
      const had = this.contains(held);
      for (const button of this.querySelectorAll("[data-act]")) show(button, (usable ?? []).includes(button.dataset.act));
      show(this.parts.say, ["talking", "held"].includes(state));
      show(this.parts.ring, state === "ringing");
      // A control that is taken away hands its focus to the one that comes next, never to nothing.
      if (had && held.closest("[hidden]")) {
        const next = this.parts.say.hidden ? this.querySelector("[data-act]:not([hidden])") : this.parts.words;
        if (next) next.focus({ preventScroll: true });
        else this.focusSelf();
      }
    }

    focusSelf() {
      this.tabIndex = -1;
      this.focus({ preventScroll: true });
    }

    tick() {
      const { state, ring_limit: limit, captions } = this.handset;
      const seconds = this.handset.state_seconds + line.passed;
      const quiet = ["idle", "ended"].includes(state);
      put(this.parts.time, quiet ? "" : state === "ringing" ? `${Math.floor(seconds)}秒` : duration(seconds));
      if (limit) this.parts["ring-bar"].value = Math.min(1, seconds / limit);
      this.parts.captions.update(captions, line.now);
      put(this.parts.hint, this.hint(Math.max(0, Math.ceil((limit ?? 0) - seconds))));
    }

    hint(left) {
      const { state, caller_index: index } = this.handset;
      const whose = index ? `発信者${index}からの電話です。` : "";
      if (state === "ringing") return `${whose}出ないと、あと${left}秒で鳴りやみます。`;
      if (state === "listening") return `${whose}案内を聞いて、キーを押してください。`;
      return ["joining", "talking", "held"].includes(state) ? whose : "";
    }
  },
);

customElements.define(
  "staff-desk",
  class extends HTMLElement {
    connectedCallback() {
      line.addEventListener("state", () => this.update());
      line.addEventListener("tick", () => this.tick());
    }

    update() {
      const { handsets, devices } = line.state;
      const cards = part(this, "cards");
      follow(cards, handsets, (one) => one.number, () => copy("staff"), (card, one) => card.update(one));
      show(part(this, "empty"), handsets.length === 0);
      const here = devices.filter((one) => one.registered || one.state !== "idle");
      show(part(this, "devices-panel"), here.length > 0);
      follow(part(this, "devices"), here, (one) => one.identity, () => copy("device"), dressDevice);
      this.announce(handsets);
      this.lookAgain(handsets);
    }

    announce(handsets) {
      const ringing = handsets.filter((one) => one.state === "ringing").map((one) => one.name);
      const title = "電話回線シミュレーター(試験用)";
      document.title = ringing.length ? `呼び出し中 ${ringing.join("・")} – ${title}` : title;
      put(part(this, "news"), ringing.length ? `${ringing.join("と、")}の電話が鳴っています。` : "");
    }

    lookAgain(handsets) {
      clearTimeout(this.timer);
      const ended = handsets.filter((one) => one.state === "ended").map((one) => SHOWN_ENDED - one.state_seconds);
      const { pace } = line.state.clock;
      if (ended.length && pace > 0) this.timer = setTimeout(() => line.refresh(), (Math.max(0, ...ended) / pace) * 1000 + 100);
    }

    tick() {
      for (const card of part(this, "cards").children) card.tick();
    }
  },
);

function dressDevice(item, device) {
  // The whole identity is for machines; its end is enough to tell two browsers apart.
  put(part(item, "name"), `ブラウザー ${device.identity.slice(-4)}`);
  dress(item, device.state, DEVICE_WORDS[device.state] ?? device.state_words);
}
