/* <call-end> around the form that ends a call: it takes two presses, so that nobody is cut off by a slip.

   Between them it says that the caller should better hang up first, or what stands in data-said. After a few seconds
   it is as before. */
const CALM_AFTER = 6000;

customElements.define(
  "call-end",
  class extends HTMLElement {
    connectedCallback() {
      this.words = this.querySelector("[data-words]");
      this.usual = this.words.textContent;
      this.addEventListener("submit", (event) => this.pressed(event), true);
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
    }

    pressed(event) {
      if (this.hasAttribute("data-armed")) {
        this.calm();
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      this.setAttribute("data-armed", "");
      this.words.textContent = "もう一度押すと切れます";
      document.getElementById("announce").textContent =
        this.dataset.said ?? "できれば、相手の方が切るのを待ってください。もう一度押すと切れます。";
      this.timer = setTimeout(() => this.calm(), CALM_AFTER);
    }

    calm() {
      clearTimeout(this.timer);
      this.removeAttribute("data-armed");
      this.words.textContent = this.usual;
    }
  },
);
