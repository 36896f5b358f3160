/* <risk-check>: opens the checklist, with the button that calls a supervisor, once there is something to worry about. */
customElements.define(
  "risk-check",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("change", () => this.follow());
    }

    follow() {
      const level = this.querySelector("[name=risk]:checked")?.value;
      const worried = ["ideation", "plan", "in_progress"].includes(level) || this.querySelector("[name=concerns]:checked");
      if (worried) this.querySelector("details").open = true;
      const steps = this.querySelector("[data-now-steps]"); // only where somebody is on the line
      if (steps) steps.hidden = level !== "in_progress";
    }
  },
);
