/* <fault-switches>: what shall go wrong on purpose, and how often. */
import { attempt, part, put, show } from "./dom.js";
import { line } from "./line.js";

customElements.define(
  "fault-switches",
  class extends HTMLElement {
    connectedCallback() {
      this.switches = [...this.querySelectorAll("[data-fault]")];
      this.chance = this.querySelector("#fault-chance");
      this.delay = this.querySelector("#fault-delay");
      for (const one of this.switches) one.addEventListener("change", () => this.set({ [one.dataset.fault]: this.value(one) }));
      this.chance.addEventListener("change", () => this.set(this.chosen()));
      this.delay.addEventListener("change", () => this.delay.checkValidity() && this.set({ delay_seconds: Number(this.delay.value) }));
      part(this, "none").addEventListener("click", () => this.calm());
      line.addEventListener("state", () => this.update(line.state.faults));
    }

    value(one) {
      return one.checked ? Number(this.chance.value) : 0; // a switch without a chance is on at any chance above 0
    }

    chosen() {
      return Object.fromEntries(this.switches.filter((one) => one.checked).map((one) => [one.dataset.fault, this.value(one)]));
    }

    calm() {
      this.querySelector("summary").focus(); // the button is about to fall silent
      this.set(Object.fromEntries(this.switches.map((one) => [one.dataset.fault, 0])));
    }

    async set(changes) {
      const answer = await attempt(part(this, "wrong"), () => line.post("/api/faults", changes));
      this.update(answer ?? line.state.faults); // a refused switch goes back to what holds
    }

    update(faults) {
      for (const one of this.switches) one.checked = Number(faults[one.dataset.fault]) > 0;
      const on = this.switches.filter((one) => one.checked).length;
      const count = part(this, "count");
      put(count, on ? `${on}つ動作中` : "");
      show(count, on > 0);
      part(this, "none").disabled = on === 0;
      if (document.activeElement !== this.delay) this.delay.value = String(faults.delay_seconds);
    }
  },
);
