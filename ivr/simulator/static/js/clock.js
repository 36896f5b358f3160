/* <line-clock>: the line's time as it runs, its pace, and ways to put it elsewhere. */
import { attempt, part, put } from "./dom.js";
import { DAY } from "./holidays.js";
import { line } from "./line.js";
import { MOMENTS } from "./moments.js";
import { day, monthDay, stamp } from "./words.js";

customElements.define(
  "line-clock",
  class extends HTMLElement {
    connectedCallback() {
      this.pace = this.querySelector("#pace");
      this.moment = this.querySelector("#moment");
      this.moves = this.querySelector("details");
      this.typed = false;
      this.wide = window.matchMedia("(min-width: 62rem)");
      this.wide.addEventListener("change", () => this.unfold());
      this.unfold();
      this.pace.addEventListener("change", () => this.set({ pace: Number(this.pace.value) }));
      this.moment.addEventListener("input", () => (this.typed = true));
      this.querySelector("form").addEventListener("submit", (event) => this.submitted(event));
      for (const button of this.querySelectorAll("[data-jump]")) button.addEventListener("click", () => this.jump(button));
      line.addEventListener("state", () => this.update());
      line.addEventListener("tick", () => this.tick());
    }

    // On a wide screen everything is in sight and the stylesheet takes the summary away.
    unfold() {
      this.moves.open = this.wide.matches;
    }

    set(change) {
      return attempt(part(this, "wrong"), () => line.post("/api/clock", change));
    }

    async submitted(event) {
      event.preventDefault();
      const at = this.moment.value.length === 16 ? `${this.moment.value}:00` : this.moment.value;
      if (await this.set({ at })) this.typed = false;
    }

    jump(button) {
      this.set({ at: stamp(MOMENTS[button.dataset.jump](line.now)) });
    }

    update() {
      this.showPace(line.state.clock.pace);
      if (!this.typed && document.activeElement !== this.moment) this.moment.value = stamp(line.now).slice(0, 19);
      this.tick();
    }

    showPace(pace) {
      const value = String(pace);
      if (![...this.pace.options].some((option) => option.value === value)) {
        this.pace.add(new Option(`${value}倍`, value)); // somebody set it from elsewhere
      }
      if (this.pace.value !== value) this.pace.value = value;
    }

    tick() {
      const now = line.now;
      part(this, "now").dateTime = `${stamp(now)}+09:00`;
      put(part(this, "date"), day(now));
      put(part(this, "time"), stamp(now).slice(11));
      const today = Math.floor(now / DAY);
      for (const button of this.querySelectorAll("[data-jump]")) {
        const moment = MOMENTS[button.dataset.jump](now);
        put(part(button, "jump-day"), Math.floor(moment / DAY) === today ? "今日" : monthDay(moment));
      }
    }
  },
);
