/* <toast-box>: short news. It is a polite live region, takes no focus and stays until it is put away; only what went
   well leaves by itself after a while, as the page shows it anyway, unless somebody is at it.

   document.querySelector("toast-box").say("保存できませんでした。もう一度お試しください。", "warn")

   offer() says what was done beside a button that takes it back, for ten seconds; then both leave.

   What went wrong may be said with its cause, a word of the caller's choosing: settle(cause) takes it away once that is
   over, and what is said later of the same cause takes its place. */
const GOES_AFTER = 20_000;
const UNDO_FOR = 10_000;
const SOON = 1_000;

customElements.define(
  "toast-box",
  class extends HTMLElement {
    connectedCallback() {
      this.setAttribute("role", "status");
      this.setAttribute("aria-live", "polite");
    }

    /** With the way onward, {label, href}, in a tab of its own, as a talk may be going on in this one. */
    say(words, tone = "accent", onward = null, cause = "") {
      if (cause) this.settle(cause);
      const toast = document.createElement("div");
      toast.className = `toast toast--${tone}`;
      toast.dataset.cause = cause;
      const text = document.createElement("p");
      text.append(words, ...(onward ? [this.link(onward)] : []));
      const away = document.createElement("button");
      away.type = "button";
      away.textContent = "閉じる";
      away.addEventListener("click", () => toast.remove());
      toast.append(text, away);
      this.append(toast);
      if (tone === "accent") this.letGo(toast);
      while (this.children.length > 3) this.firstElementChild.remove();
      return toast;
    }

    /** The button has a key of its own, {label, key, act}, so that nobody has to look for it. */
    offer(words, { label, key, act }) {
      const toast = this.say(words, "accent", null, "offer");
      const back = document.createElement("button");
      const chip = document.createElement("kbd");
      chip.className = "key";
      chip.textContent = `Alt+${key}`;
      back.type = "button";
      back.setAttribute("aria-keyshortcuts", chip.textContent);
      back.append(label, " ", chip);
      back.addEventListener("click", () => {
        toast.remove();
        act();
      });
      toast.lastElementChild.before(back);
      setTimeout(() => {
        back.remove();
        this.letGo(toast, SOON);
      }, UNDO_FOR);
    }

    settle(cause) {
      for (const toast of this.querySelectorAll(`[data-cause="${CSS.escape(cause)}"]`)) toast.remove();
    }

    link({ label, href }) {
      const link = document.createElement("a");
      link.href = href;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = label;
      return link;
    }

    letGo(toast, after = GOES_AFTER) {
      setTimeout(() => (toast.matches(":hover, :focus-within") ? this.letGo(toast, after) : toast.remove()), after);
    }
  },
);
