/* The line as this page knows it: its state, fetched again whenever the line says that something changed.

   line.addEventListener("state", () => line.state …)   a new state (see the package's docstring for its shape)
   line.addEventListener("tick", …)                     four times a second, for clocks that run between two states
   line.addEventListener("reach", () => line.lost)      the connection broke or came back */
const PAUSE = 150; // ms between two fetches, however much is going on
const TICK = 250;

export class LineRefused extends Error {
  name = "LineRefused";
}

class Line extends EventTarget {
  state = null;
  lost = false;
  #arrived = 0;
  #fetching = false;
  #stale = false;

  start() {
    const events = new EventSource("/api/events");
    events.addEventListener("change", () => this.refresh());
    events.addEventListener("error", () => this.#reach(false));
    setInterval(() => this.state && !document.hidden && this.#tell("tick"), TICK);
  }

  /** Seconds that passed on the line since the state was taken. */
  get passed() {
    return this.state ? ((performance.now() - this.#arrived) / 1000) * this.state.clock.pace : 0;
  }

  /** The line's wall clock in Japan as milliseconds, to be read with the getUTC… methods. */
  get now() {
    return wall(this.state.clock.now) + this.passed * 1000;
  }

  async refresh() {
    this.#stale = true;
    if (this.#fetching) return;
    this.#fetching = true;
    while (this.#stale) {
      this.#stale = false;
      await this.#fetch();
      await new Promise((done) => setTimeout(done, PAUSE));
    }
    this.#fetching = false;
  }

  async #fetch() {
    try {
      const answer = await fetch("/api/state");
      if (!answer.ok) throw new TypeError(`state ${answer.status}`);
      this.state = await answer.json();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#reach(false); // the event stream tries again by itself and asks for the state when it is back
      return;
    }
    this.#arrived = performance.now();
    this.#reach(true);
    this.#tell("state");
  }

  /** Post *data*; return the answer, or throw LineRefused with a sentence for the reader. */
  async post(path, data = {}) {
    let answer;
    try {
      const body = JSON.stringify(data);
      answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body });
    } catch {
      this.#reach(false);
      throw new LineRefused("回線のプログラムに、届きませんでした。少しあとで、もう一度お試しください。");
    }
    const found = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new LineRefused(found.error ?? "うまくいきませんでした。もう一度お試しください。");
    this.refresh();
    return found;
  }

  #reach(here) {
    if (this.lost === !here) return;
    this.lost = !here;
    this.#tell("reach");
  }

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }
}

/** Read an ISO moment of the line's (always +09:00) as wall-clock milliseconds. */
export function wall(iso) {
  return Date.parse(`${iso.slice(0, 19)}${iso.includes(".") ? iso.slice(19, 23) : ""}Z`);
}

export const line = new Line();
