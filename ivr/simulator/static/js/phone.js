/* <caller-phone>: one caller's telephone. Before it dials it has no SID; afterwards it follows its call. */
import { attempt, part, put, show } from "./dom.js";
import { line } from "./line.js";
import { voice } from "./voice.js";
import { dress, duration } from "./words.js";

const KEYS = "0123456789*#";
const DRAFT = { state: "draft", state_words: "まだかけていません", captions: [], connected_with: [] };
let count = 0;

customElements.define(
  "caller-phone",
  class extends HTMLElement {
    sid = null;
    dialling = false;
    caller = DRAFT;

    connectedCallback() {
      if (this.parts) return;
      this.parts = Object.fromEntries([...this.querySelectorAll("[data-part]")].map((one) => [one.dataset.part, one]));
      const { dial, hangup, clear, say, from, words } = this.parts;
      from.id = `from-${++count}`;
      this.parts["from-title"].htmlFor = from.id;
      words.id = `words-${count}`;
      this.parts["say-label"].htmlFor = words.id;
      dial.addEventListener("click", () => this.dial());
      hangup.addEventListener("click", () => this.act("hangup"));
      clear.addEventListener("click", () => this.clear());
      say.addEventListener("submit", (event) => this.speak(event));
      this.addEventListener("keydown", (event) => this.keyed(event));
      for (const key of this.querySelectorAll("[data-key]")) key.addEventListener("click", () => this.press(key.dataset.key));
      this.update(null);
    }

    get name() {
      return this.caller.index ? `発信者${this.caller.index}` : "新しい電話";
    }

    get live() {
      return this.sid !== null && this.caller.state !== "ended" && this.caller !== DRAFT;
    }

    act(action, data) {
      return attempt(this.parts.wrong, () => line.post(`/api/calls/${this.sid}/${action}`, data));
    }

    /** Dial, or dial again: a finished call on this telephone is forgotten first. */
    async dial() {
      if (this.dialling) return;
      const finished = this.sid;
      this.dialling = true;
      this.sid = null;
      this.update(null);
      this.parts.handset.focus();
      const answer = await attempt(this.parts.wrong, async () => {
        if (finished) await line.post(`/api/callers/${finished}/clear`);
        return line.post("/api/callers", { from: this.parts.from.value });
      });
      if (answer) this.sid = answer.sid;
      this.dialling = false;
      line.refresh();
    }

    async clear() {
      if (await attempt(this.parts.wrong, () => line.post(`/api/callers/${this.sid}/clear`))) {
        this.dispatchEvent(new Event("cleared", { bubbles: true }));
      }
    }

    async press(digit) {
      if (!this.live) return;
      voice.key(digit);
      const key = this.querySelector(`[data-key="${CSS.escape(digit)}"]`);
      key.dataset.pressed = "";
      setTimeout(() => delete key.dataset.pressed, 160);
      await this.act("digits", { digits: digit });
    }

    // The computer's own keys work while this telephone has the focus and nobody is writing.
    keyed(event) {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      if (event.target.closest("input, select, textarea") || !KEYS.includes(event.key)) return;
      event.preventDefault();
      if (!event.repeat) this.press(event.key);
    }

    async speak(event) {
      event.preventDefault();
      const said = this.parts.words.value.trim();
      if (said && (await this.act("say", { text: said })) && this.parts.words.value.trim() === said) {
        this.parts.words.value = "";
      }
    }

    /** Show *caller* as the state tells of it; null before the telephone has dialled. */
    update(caller) {
      this.caller = caller ?? DRAFT;
      const { state, state_words: words } = this.caller;
      const talking = ["talking", "held"].includes(state);
      if (this.dataset.state !== state) show(this.parts.wrong, false); // what went wrong is of the past
      this.dataset.state = state;
      this.parts.handset.setAttribute("aria-label", `${this.name}の電話機`);
      this.parts.captions.setAttribute("aria-label", `${this.name}に聞こえていること`);
      put(this.parts["say-label"], `${this.name}として話す`);
      put(this.parts["from-label"], caller ? `${caller.from_label}から` : "");
      dress(this, this.dialling ? "ringing" : state, this.dialling ? "かけています" : words);
      this.enable(talking);
      this.tick();
    }

    enable(talking) {
      const { dial, hangup, clear, say, words } = this.parts;
      const held = document.activeElement;
      const ended = this.caller.state === "ended";
      show(hangup, this.live);
      show(clear, ended);
      show(dial, !this.live);
      show(this.parts["from-field"], !this.live);
      put(this.parts["dial-words"], ended ? "もう一度かける" : "電話をかける");
      for (const key of this.querySelectorAll("[data-key]")) if (key.disabled === this.live) key.disabled = !this.live;
      show(say, talking || (this.live && words.value !== ""));
      const gone = this.contains(held) && (held.disabled || held.closest("[hidden]"));
      if (gone) this.parts.handset.focus({ preventScroll: true });
    }

    tick() {
      const { seconds = 0, state, captions } = this.caller;
      const running = seconds + (this.live ? line.passed : 0);
      put(this.parts.time, state === "draft" ? "" : duration(running));
      this.parts.captions.update(captions, line.state ? line.now : 0);
      put(this.parts.next, this.next());
    }

    next() {
      const ringing = line.state?.handsets.find((one) => one.state === "ringing");
      const answering = line.state?.handsets.find((one) => one.state === "listening");
      switch (this.caller.state) {
        case "draft":
          return `緑のボタンで、${document.body.dataset.number} に電話をかけます。`;
        case "ringing":
          return "つながるまで、お待ちください。";
        case "listening":
          return "案内が流れています。キーを押しても、押さずに待っても、かまいません。";
        case "waiting":
          if (answering) return `${answering.name}が電話に出ました。「1を押す」で、つながります。`;
          if (ringing) return `${ringing.name}の電話が鳴っています。「電話に出る」を押してください。`;
          return "相談員が出るのを待っています。相談員の電話か、相談員の画面で出てください。";
        case "joining":
          return "つないでいます。";
        case "talking":
          return "下に書いて「話す」を押すと、相手に聞こえます。";
        case "held":
          return "保留中です。電話は、つながったままです。";
        default:
          return "電話は切れました。もう一度かけるか、片づけてください。";
      }
    }
  },
);
