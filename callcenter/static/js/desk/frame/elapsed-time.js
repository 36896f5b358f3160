/* <elapsed-time since="2026-11-26T14:00:00+09:00">0:40</elapsed-time>: time that runs on.

   It runs by the server's clock, as this machine's may be wrong: whoever fetches a part of the page tells
   ElapsedTime.now(its moment). */
globalThis.ElapsedTime = class ElapsedTime extends HTMLElement {
  static morphs = true;
  static ahead = 0;
  static all = new Set();

  static now(moment) {
    ElapsedTime.ahead = new Date(moment).getTime() - Date.now();
    ElapsedTime.tick();
  }

  static tick() {
    for (const one of ElapsedTime.all) one.draw();
  }

  connectedCallback() {
    ElapsedTime.all.add(this);
    ElapsedTime.timer ??= setInterval(ElapsedTime.tick, 1000);
  }

  disconnectedCallback() {
    ElapsedTime.all.delete(this);
  }

  draw() {
    const since = new Date(this.getAttribute("since")).getTime();
    const seconds = Math.max(0, Math.floor((Date.now() + ElapsedTime.ahead - since) / 1000));
    const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const two = (number) => String(number).padStart(2, "0");
    const words = hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
    if (this.textContent !== words) this.textContent = words;
  }
};
customElements.define("elapsed-time", globalThis.ElapsedTime);
