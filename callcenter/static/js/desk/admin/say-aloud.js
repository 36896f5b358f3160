/* <say-aloud data-says>: its button speaks the words with the voice of this device; shown only where there is one. */
customElements.define(
  "say-aloud",
  class extends HTMLElement {
    connectedCallback() {
      if (!("speechSynthesis" in globalThis)) return;
      this.hidden = false;
      this.addEventListener("click", () => {
        speechSynthesis.cancel();
        const words = new SpeechSynthesisUtterance(this.dataset.says);
        words.lang = "ja-JP";
        words.rate = 0.9;
        speechSynthesis.speak(words);
      });
    }

    disconnectedCallback() {
      globalThis.speechSynthesis?.cancel();
    }
  },
);
