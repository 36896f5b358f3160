/* <toast-box>: short news. It is a polite live region, takes no focus and stays until it is put away.

   document.querySelector("toast-box").say("保存できませんでした。もう一度お試しください。", "warn") */
customElements.define(
  "toast-box",
  class extends HTMLElement {
    connectedCallback() {
      this.setAttribute("role", "status");
      this.setAttribute("aria-live", "polite");
    }

    say(words, tone = "accent") {
      const toast = document.createElement("div");
      toast.className = `toast toast--${tone}`;
      const text = document.createElement("p");
      text.textContent = words;
      const away = document.createElement("button");
      away.type = "button";
      away.textContent = "閉じる";
      away.addEventListener("click", () => toast.remove());
      toast.append(text, away);
      this.append(toast);
      while (this.children.length > 3) this.firstElementChild.remove();
      return toast;
    }
  },
);
