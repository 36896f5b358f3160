/* <caller-desk>: the callers' telephones as tabs. Arrow keys, Home and End move between them. */
import { copy, part, put, show } from "./dom.js";
import { line } from "./line.js";
import { voice } from "./voice.js";
import { dress, duration } from "./words.js";

const SHORT = { draft: "これから", talking: "通話中" };
let count = 0;

customElements.define(
  "caller-desk",
  class extends HTMLElement {
    phones = [];
    chosen = null;

    connectedCallback() {
      this.tabs = part(this, "tabs");
      this.tabs.addEventListener("keydown", (event) => this.keyed(event));
      part(this, "add").addEventListener("click", () => this.choose(this.draft() ?? this.add(), { focus: true }));
      part(this, "tidy").addEventListener("click", () => this.tidy());
      this.addEventListener("cleared", (event) => this.remove(event.target));
      line.addEventListener("state", () => this.update());
      line.addEventListener("tick", () => this.tick());
    }

    draft() {
      return this.phones.find((phone) => phone.sid === null);
    }

    add(sid = null) {
      const phone = copy("phone");
      const tab = copy("tab");
      const number = ++count;
      Object.assign(phone, { id: `phone-${number}`, tab, hidden: true });
      phone.setAttribute("aria-labelledby", `tab-${number}`);
      tab.id = `tab-${number}`;
      tab.setAttribute("aria-controls", phone.id);
      tab.addEventListener("click", () => this.choose(phone));
      this.tabs.append(tab);
      this.append(phone);
      phone.sid = sid;
      this.phones.push(phone);
      return phone;
    }

    remove(phone) {
      const place = this.phones.indexOf(phone);
      if (place < 0) return;
      const had = phone.contains(document.activeElement) || phone.tab === document.activeElement;
      this.phones.splice(place, 1);
      phone.tab.remove();
      phone.remove();
      if (this.phones.length === 0) this.add();
      if (this.chosen === phone) this.choose(this.phones[Math.min(place, this.phones.length - 1)], { focus: had });
    }

    choose(phone, { focus = false } = {}) {
      this.chosen = phone;
      for (const one of this.phones) {
        const on = one === phone;
        one.hidden = !on;
        one.tab.setAttribute("aria-selected", String(on));
        one.tab.tabIndex = on ? 0 : -1;
      }
      this.dressAll();
      if (focus) phone.tab.focus();
    }

    keyed(event) {
      const here = this.phones.findIndex((phone) => phone.tab === event.target.closest("[role=tab]"));
      const last = this.phones.length - 1;
      const there = {
        ArrowRight: here === last ? 0 : here + 1,
        ArrowLeft: here === 0 ? last : here - 1,
        Home: 0,
        End: last,
      }[event.key];
      if (here < 0 || there === undefined) return;
      event.preventDefault();
      this.choose(this.phones[there], { focus: true });
    }

    async tidy() {
      for (const phone of this.phones.filter((one) => one.caller.state === "ended")) await phone.clear();
      this.chosen?.tab.focus();
    }

    update() {
      const callers = line.state.callers;
      const first = this.phones.length === 0;
      show(part(this, "loading"), false);
      this.adopt(callers);
      for (const phone of this.phones.filter((one) => one.sid !== null)) {
        const caller = callers.find((one) => one.sid === phone.sid);
        // A call that is so new that this state does not know it yet is no reason to take its telephone away.
        if (caller) phone.update(caller);
        else if (phone.caller.index) this.remove(phone);
      }
      this.draft()?.update(null);
      if (this.phones.length === 0) this.add();
      if (first) this.choose(this.phones.findLast((phone) => phone.live) ?? this.phones[0]);
      this.dressAll();
    }

    // Callers that another window or a program let dial get a tab too. While one of ours dials,
    // a call not seen before may be its own: the answer to our dialling will say.
    adopt(callers) {
      if (this.phones.some((phone) => phone.dialling)) return;
      const known = new Set(this.phones.map((phone) => phone.sid));
      for (const caller of callers) if (!known.has(caller.sid)) this.add(caller.sid).update(caller);
    }

    tick() {
      for (const phone of this.phones) phone.tick();
      this.dressTabs();
    }

    dressAll() {
      this.dressTabs();
      const ended = this.phones.filter((phone) => phone.caller.state === "ended").length;
      show(part(this, "tidy"), ended > 1);
      if (line.state) voice.follow(line.state.callers, this.chosen?.sid ?? null);
    }

    dressTabs() {
      for (const phone of this.phones) {
        const { state, state_words: words, state_seconds: seconds = 0 } = phone.caller;
        put(part(phone.tab, "name"), phone.name);
        dress(phone.tab, state, SHORT[state] ?? words);
        put(part(phone.tab, "tab-time"), state === "waiting" ? duration(seconds + line.passed) : "");
      }
    }
  },
);
