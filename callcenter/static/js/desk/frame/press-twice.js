/* <press-twice data-again="もう一度押すと…" data-means="what it does"> around a form: it takes two presses.

   Between them it says what the second one does. After a few seconds it is as before. */
const BACK_AFTER = 6000;

customElements.define(
  "press-twice",
  class extends HTMLElement {
    connectedCallback() {
      this.words = this.querySelector("button span");
      this.usual = this.words.textContent;
      this.addEventListener("submit", (event) => this.pressed(event), true);
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
      this.told?.remove();
    }

    pressed(event) {
      if (this.told) {
        this.calm();
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      this.words.textContent = this.dataset.again;
      this.told = document.querySelector("toast-box").say(this.dataset.means);
      this.timer = setTimeout(() => this.calm(), BACK_AFTER);
    }

    calm() {
      clearTimeout(this.timer);
      this.told?.remove();
      this.told = undefined;
      this.words.textContent = this.usual;
    }
  },
);
