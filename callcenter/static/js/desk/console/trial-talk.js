/* <trial-talk>: on a simulated line voices are words; what the caller says appears here, and one can answer. */
customElements.define(
  "trial-talk",
  class extends HTMLElement {
    connectedCallback() {
      this.log = this.querySelector("ol");
      this.querySelector("form").addEventListener("submit", (event) => this.speak(event));
    }

    show(on) {
      if (on === !this.hidden) return;
      this.hidden = !on;
      if (on) this.log.replaceChildren();
    }

    async speak(event) {
      event.preventDefault();
      event.stopPropagation();
      const box = this.querySelector("input");
      const text = box.value.trim();
      if (!text) return;
      try {
        await document.querySelector("line-desk").line.say(text);
        box.value = "";
        this.hear({ who: "me", text, at: new Date(Date.now() + ElapsedTime.ahead).toISOString() });
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        document.querySelector("toast-box").say(trouble.message, "warn", null, "trial");
      }
    }

    hear({ who, text, at }) {
      const [kind, name] = { line: ["said", "案内"], me: ["us", "わたし"] }[who] ?? ["them", "相手"];
      const entry = document.createElement("li");
      entry.className = `caption--${kind}`;
      const words = document.createElement("p");
      const speaker = document.createElement("span");
      speaker.className = "sr";
      speaker.textContent = `${name}: `;
      words.append(speaker, text.startsWith("♪") ? "♪ 音楽" : text);
      const time = document.createElement("time");
      time.dateTime = at;
      time.className = "num";
      time.textContent = new Date(at).toLocaleTimeString("ja-JP", { timeZone: "Asia/Tokyo" });
      entry.append(time, words);
      this.log.append(entry);
      this.log.parentElement.scrollTop = this.log.scrollHeight;
    }
  },
);
