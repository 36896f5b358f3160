/* <mic-check>: is there a microphone, may this page use it, and does a voice arrive?

   A real line needs one before anybody is rung here: who answers must be heard; the line of a trial (data-trial) does
   without. Nothing that is said in the check leaves this page. A "mic-check" event goes to the document whenever
   `ready` or `microphone` may have changed.

   [data-check] begins · [data-running] is shown meanwhile · [data-stop] ends · select and meter inside it
   [data-told] holds the words · [data-sound] plays the ring once */
const KEPT = "microphone";
const HEARD_FROM = 0.02; // of full scale, root mean square: a quiet voice at an arm's length
const SILENT_FOR = 4000;

const TOLD = {
  new: "マイクを確かめると、ここで電話を受けられます。",
  trial: "試験用の電話は、マイクなしで使えます。本番にそなえて、確かめておけます。",
  asking: "ブラウザーがたずねたら、マイクの使用を「許可」してください。",
  speak: "「もしもし」と、いつもの声で話してみてください。",
  heard: "声が入っています。このまま使えます。",
  silent: "まだ声が聞こえません。マイクのミュートや音量を確かめるか、別のマイクを選んでください。",
  ready: "マイクを使えます。",
  gone: "選んでいたマイクが外れました。つなぎ直すか、もう一度確かめてください。",
  NotAllowedError:
    "マイクの使用が許可されていません。アドレスの左にあるしるしを押し、マイクを「許可」にして、もう一度確かめてください。",
  NotFoundError: "マイクが見つかりません。ヘッドセットをつないで、もう一度確かめてください。",
  NotReadableError: "マイクを、ほかのソフトが使っているようです。そちらを閉じて、もう一度確かめてください。",
  insecure: "この画面の開き方では、マイクを使えません。https:// で始まるアドレスで開いてください。",
  other: "マイクを使えませんでした。つなぎ直して、もう一度確かめてください。",
};

customElements.define(
  "mic-check",
  class extends HTMLElement {
    connectedCallback() {
      this.ready = false;
      this.microphone = localStorage.getItem(KEPT) ?? "";
      this.addEventListener("click", (event) => this.clicked(event));
      this.querySelector("select").addEventListener("change", ({ target }) => this.begin(target.value));
      navigator.mediaDevices?.addEventListener("devicechange", () => this.changed());
      addEventListener("pagehide", () => this.stop());
      this.known();
    }

    part(name) {
      return this.querySelector(`[data-${name}]`);
    }

    clicked({ target }) {
      if (target.closest("[data-check]")) this.begin(this.microphone);
      else if (target.closest("[data-stop]")) this.close();
      else if (target.closest("[data-sound]")) this.ring();
    }

    /** What was allowed on another day still holds; a browser that cannot tell is asked by a check. */
    async known() {
      try {
        const permission = await navigator.permissions.query({ name: "microphone" });
        permission.addEventListener("change", () => this.allowed(permission.state));
        this.allowed(permission.state);
      } catch {
        this.settle(false, "new");
      }
    }

    allowed(state) {
      if (this.stream && state === "granted") return;
      if (state === "denied") this.stop();
      this.settle(state === "granted", { granted: "ready", denied: "NotAllowedError" }[state] ?? "new");
    }

    settle(ready, words) {
      const trial = "trial" in this.dataset;
      this.ready = ready;
      this.say(trial && words === "new" ? "trial" : words);
      this.dataset.state = ready || trial ? "ready" : "needed";
      document.dispatchEvent(new CustomEvent("mic-check"));
    }

    say(words) {
      const place = this.part("told");
      if (place.textContent !== TOLD[words]) place.textContent = TOLD[words];
    }

    // ---- the check

    async begin(microphone) {
      this.stop();
      if (!navigator.mediaDevices) return this.settle(false, "insecure");
      this.say("asking");
      try {
        const audio = microphone ? { deviceId: { ideal: microphone } } : true;
        this.stream = await navigator.mediaDevices.getUserMedia({ audio });
      } catch ({ name }) {
        return this.settle(false, name in TOLD ? name : "other");
      }
      const track = this.stream.getAudioTracks()[0];
      track.addEventListener("ended", () => this.stream && this.close("gone"));
      this.microphone = track.getSettings().deviceId ?? "";
      localStorage.setItem(KEPT, this.microphone);
      await this.list();
      const first = this.part("running").hidden;
      this.part("running").hidden = false;
      this.part("check").hidden = true;
      if (first) this.querySelector("select").focus();
      this.settle(true, "speak");
      this.listen();
      return undefined;
    }

    async list() {
      const devices = await navigator.mediaDevices.enumerateDevices();
      const microphones = devices.filter(({ kind }) => kind === "audioinput");
      this.querySelector("select").replaceChildren(
        ...microphones.map(({ deviceId, label }, place) => {
          const option = document.createElement("option");
          option.value = deviceId;
          option.textContent = label || `マイク${place + 1}`;
          option.selected = deviceId === this.microphone;
          return option;
        }),
      );
    }

    listen() {
      this.context = new AudioContext();
      const analyser = this.context.createAnalyser();
      const wave = new Float32Array(analyser.fftSize);
      this.context.createMediaStreamSource(this.stream).connect(analyser);
      const since = performance.now();
      let heard = false;
      this.timer = setInterval(() => {
        analyser.getFloatTimeDomainData(wave);
        const level = Math.sqrt(wave.reduce((sum, one) => sum + one * one, 0) / wave.length);
        this.querySelector("meter").value = Math.min(1, level * 6); // a voice fills most of the meter
        heard ||= level > HEARD_FROM;
        if (heard) this.say("heard");
        else if (performance.now() - since > SILENT_FOR) this.say("silent");
      }, 100);
    }

    stop() {
      clearInterval(this.timer);
      this.context?.close();
      const tracks = this.stream?.getTracks() ?? [];
      this.stream = this.context = undefined;
      for (const track of tracks) track.stop();
      this.part("running").hidden = true;
      this.part("check").hidden = false;
    }

    close(words = "ready") {
      this.stop();
      this.settle(words === "ready", words);
      this.part("check").focus();
    }

    async changed() {
      if (!this.ready || !this.microphone) return;
      const devices = await navigator.mediaDevices.enumerateDevices();
      const microphones = devices.filter(({ kind }) => kind === "audioinput");
      if (microphones.some(({ deviceId }) => deviceId === this.microphone)) return;
      this.stop();
      this.settle(microphones.length > 0, microphones.length > 0 ? "gone" : "NotFoundError");
    }

    async ring() {
      this.tone ??= new RingTone();
      await this.tone.ready();
      await this.tone.context.resume();
      this.tone.chime();
    }
  },
);
