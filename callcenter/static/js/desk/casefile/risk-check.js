/* <risk-check>: opens the checklist once there is something to worry about, and brings a supervisor within one press. */
customElements.define(
  "risk-check",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("change", () => this.follow());
      this.button = this.querySelector("[data-ask-supervisor]");
      this.button.addEventListener("click", () => this.ask());
      this.looked = () => this.offer();
      document.addEventListener("desk-looked", this.looked);
      this.offer();
    }

    disconnectedCallback() {
      document.removeEventListener("desk-looked", this.looked);
    }

    follow() {
      const level = this.querySelector("[name=risk]:checked")?.value;
      const worried = ["ideation", "plan", "in_progress"].includes(level) || this.querySelector("[name=concerns]:checked");
      if (worried) this.querySelector("details").open = true;
      this.querySelector("[data-now-steps]").hidden = level !== "in_progress";
    }

    /** Only while a colleague can be asked: in a talk of one's own. */
    panel() {
      return document.querySelector("#callbar [data-panel=transfer]");
    }

    offer() {
      this.button.hidden = !this.panel();
    }

    ask() {
      const panel = this.panel();
      if (!panel) return;
      panel.open = true;
      const buttons = [...panel.querySelectorAll("button:not(:disabled)")];
      (buttons.find((button) => button.textContent.includes("統括")) ?? buttons[0] ?? panel.querySelector("summary")).focus({ focusVisible: true });
    }
  },
);
