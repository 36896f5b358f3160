/* <auto-save data-url data-version>: saves the record while it is typed, and never says so before the server has.

   Each field is saved by itself, with the version at which it was last seen. A field that somebody else wrote
   meanwhile is not overwritten: both texts are shown and the person chooses. What could not be saved stays in
   the page, is said in red and tried again. flush() answers true once everything is saved.

   sync() says that this page is open and hears who else is at the record and what was written elsewhere: what nobody
   is changing here follows by itself. It runs by itself, at a hint ("beside" of live-parts) and when somebody asks.
   The address for it is data-beside, the one that hears of the page's end data-closed; without them neither is sent. */
const AFTER = 500;
const AT_THE_LATEST = 1500; // so much, and the way to the server, is what a crash may take
const STILL_HERE = 20_000;
const AGAIN = [1000, 2000, 4000, 8000];
const NOT_SAVED = new Set(["csrf_token", "whole", "version", "after", "quick", "confirm", "cue_topic", "cue_counsellor", "template"]);

customElements.define(
  "auto-save",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.seen = {};
      this.known = {};
      this.conflicts = new Set();
      this.failures = 0;
      for (const name of this.names()) {
        this.seen[name] = Number(this.dataset.version);
        this.known[name] = this.valueOf(name);
      }
      this.form.addEventListener("input", () => this.changed());
      this.form.addEventListener("change", () => this.changed());
      this.online = () => this.save();
      this.back = () => this.failures && this.save(); // from the tab where they signed in, for instance
      this.leaving = (event) => this.dirty().length && event.preventDefault();
      this.besides = () => this.sync();
      this.closing = () => this.dataset.closed && navigator.sendBeacon(this.dataset.closed, this.goodbye());
      addEventListener("online", this.online);
      addEventListener("focus", this.back);
      addEventListener("beforeunload", this.leaving);
      addEventListener("pagehide", this.closing);
      document.addEventListener("beside", this.besides);
      this.synced = Number(this.dataset.version);
      this.here = setInterval(() => this.sync(), STILL_HERE);
      setTimeout(() => this.restore().finally(() => this.sync()));
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
      clearInterval(this.here);
      removeEventListener("online", this.online);
      removeEventListener("focus", this.back);
      removeEventListener("beforeunload", this.leaving);
      removeEventListener("pagehide", this.closing);
      document.removeEventListener("beside", this.besides);
      this.closing();
    }

    goodbye() {
      const sent = new FormData();
      sent.set("csrf_token", document.querySelector("meta[name=csrf-token]").content);
      return sent;
    }

    names() {
      const named = [...this.form.elements].filter((control) => control.name && control.type !== "submit");
      return [...new Set(named.map((control) => control.name))].filter((name) => !NOT_SAVED.has(name));
    }

    /** As JSON, so that lists compare too. */
    valueOf(name) {
      const controls = [...this.form.elements].filter((control) => control.name === name);
      const [first] = controls;
      if (first.type === "checkbox" && first.value === "on") return JSON.stringify(first.checked);
      if (first.type === "checkbox") return JSON.stringify(controls.filter((box) => box.checked).map((box) => box.value));
      if (first.type === "radio") return JSON.stringify(controls.find((radio) => radio.checked)?.value ?? "unknown");
      return JSON.stringify(first.value);
    }

    /** What the server holds, written as valueOf writes it. */
    asValue(name, value) {
      const controls = [...this.form.elements].filter((control) => control.name === name);
      if (!Array.isArray(value)) return JSON.stringify(typeof value === "number" ? String(value) : value);
      return JSON.stringify(controls.map((box) => box.value).filter((code) => value.includes(code)));
    }

    put(name, value) {
      const controls = [...this.form.elements].filter((control) => control.name === name);
      const [first] = controls;
      if (first.type === "checkbox" && first.value === "on") first.checked = value;
      else if (first.type === "checkbox") for (const box of controls) box.checked = value.includes(box.value);
      else if (first.type === "radio") for (const radio of controls) radio.checked = radio.value === value;
      else {
        const { selectionStart, selectionEnd } = first;
        first.value = value;
        if (first === document.activeElement && selectionStart != null) first.setSelectionRange(selectionStart, selectionEnd);
      }
    }

    dirty() {
      return this.names().filter((name) => !this.conflicts.has(name) && this.valueOf(name) !== this.known[name]);
    }

    changed() {
      const dirty = this.dirty();
      for (const place of this.querySelectorAll("[data-taken]")) {
        if (dirty.includes(place.dataset.taken)) place.hidden = true; // asked today
      }
      if (!dirty.length) return;
      this.keep(dirty);
      this.since ??= performance.now();
      this.status("writing", "書いています…");
      const left = Math.max(0, this.since + AT_THE_LATEST - performance.now());
      this.later(Math.min(AFTER, left));
    }

    /** Made at its first use, as the scripts stand in the order of their names. */
    get copy() {
      this.sealed ??= new SealedCopy(this.dataset.record, this.dataset.copyKey);
      return this.sealed;
    }

    keep(names) {
      this.copy.keep(Object.fromEntries(names.map((name) => [name, { value: JSON.parse(this.valueOf(name)), seen: this.seen[name] }])));
    }

    /** What a browser that died had not saved comes back and is saved; what others wrote since is kept beside it. */
    async restore() {
      const kept = await this.copy.read();
      if (!kept || !this.isConnected) return;
      const back = Object.entries(kept).filter(([name, { value }]) => name in this.known && this.asValue(name, value) !== this.valueOf(name) && this.valueOf(name) === this.known[name]);
      for (const [name, { value, seen }] of back) {
        this.put(name, value);
        this.seen[name] = seen;
      }
      if (!back.length) return this.copy.forget();
      document.querySelector("toast-box").say("前に保存できていなかった文を、戻しました。");
      return this.save();
    }

    later(milliseconds) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), milliseconds);
    }

    async flush() {
      clearTimeout(this.timer);
      await this.save();
      if (!this.failures && this.dirty().length) await this.save();
      return !this.failures && !this.dirty().length && !this.conflicts.size;
    }

    save() {
      this.saving ??= this.send().finally(() => (this.saving = undefined));
      return this.saving;
    }

    async send() {
      const names = this.dirty();
      if (!names.length) return;
      const values = Object.fromEntries(names.map((name) => [name, this.valueOf(name)]));
      const fields = Object.fromEntries(names.map((name) => [name, JSON.parse(values[name])]));
      const seen = Object.fromEntries(names.map((name) => [name, this.seen[name]]));
      this.since = undefined;
      try {
        const saved = await askJson(this.dataset.url, { json: { fields, seen } });
        this.took(saved, values);
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        this.failed(trouble);
      }
    }

    took(saved, values) {
      this.failures = 0;
      for (const name of saved.kept) {
        this.known[name] = values[name];
        this.seen[name] = saved.version;
      }
      for (const [name, theirs] of Object.entries(saved.conflicts)) this.conflict(name, theirs, saved.version);
      if (saved.version === this.synced + 1) this.synced = saved.version; // nobody else wrote in between
      if (saved.held) return this.failed(new Trouble("held", saved.held)); // to be compared when the call is written up
      this.red(null);
      if (this.conflicts.size) this.status("unsaved", "保存できていない欄があります");
      else if (this.dirty().length) this.changed();
      else this.saved(saved.saved_at);
    }

    saved(at) {
      this.copy.forget();
      this.status("saved", `${at} に保存しました`);
      document.querySelector("toast-box").settle("unsaved");
    }

    failed(trouble) {
      this.failures += 1;
      this.status("unsaved", "保存できていません");
      this.red(trouble);
      if (trouble.kind === "away" || trouble.kind === "signed-out") {
        this.later(AGAIN[Math.min(this.failures, AGAIN.length) - 1]);
      }
    }

    /** Never asks twice at once: what comes meanwhile is heard at the next turn. */
    sync() {
      this.syncing ??= this.hear().finally(() => (this.syncing = undefined));
      return this.syncing;
    }

    async hear() {
      if (!this.dataset.beside) return;
      const focused = this.form.contains(document.activeElement) ? document.activeElement.name : null;
      const writing = this.names().includes(focused) ? focused : null;
      let news;
      try {
        news = await askJson(this.dataset.beside, { json: { version: this.synced, writing } });
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        return; // saving says it, and tries again
      }
      if (!this.isConnected) return;
      this.follow(news);
      this.tellOthers(news.others);
    }

    follow(news) {
      const dirty = this.dirty();
      for (const [name, value] of Object.entries(news.fields)) {
        if (!(name in this.known) || dirty.includes(name) || this.conflicts.has(name)) continue;
        if (this.asValue(name, value) !== this.valueOf(name)) this.put(name, value);
        this.known[name] = this.valueOf(name);
        this.seen[name] = news.version;
      }
      this.synced = news.version;
      for (const place of this.querySelectorAll("[data-taken]")) {
        const day = news.taken_over[place.dataset.taken];
        const chosen = dirty.includes(place.dataset.taken);
        place.hidden = !day || chosen;
        place.querySelector("[data-day]").textContent = day ?? "";
        place.querySelector("button").hidden = day === place.dataset.derived; // it follows from who was chosen
      }
      for (const place of this.querySelectorAll("[data-step]")) place.textContent = news.steps_at[place.dataset.step] ?? "";
      const shown = this.querySelector("[data-saved]");
      if (!dirty.length && !this.conflicts.size && !this.failures && Object.keys(news.fields).length) {
        this.status(shown.dataset.kind ?? "saved", `${news.saved_at} に保存しました`);
      }
    }

    tellOthers(others) {
      const place = this.querySelector("[data-others]");
      const words = others.map(({ name, writing }) => (writing ? `${name}さんが「${this.labelOf(writing)}」を書いています。` : `${name}さんも、この記録を開いています。`)).join("");
      if (place.textContent !== words) place.textContent = words;
      place.hidden = !words;
    }

    labelOf(name) {
      const control = this.form.elements[name];
      const label = control?.labels?.[0] ?? control?.[0]?.closest("fieldset")?.querySelector("legend");
      return label?.firstChild?.textContent?.trim() ?? "記録";
    }

    status(kind, words) {
      const place = this.querySelector("[data-saved]");
      place.dataset.kind = kind;
      place.querySelector("[data-words]").textContent = words;
    }

    red(trouble) {
      const place = this.querySelector("[data-unsaved]");
      place.hidden = !trouble && !this.conflicts.size;
      if (!trouble) {
        place.querySelector(":scope > p")?.remove();
        return;
      }
      const words = place.querySelector(":scope > p") ?? place.insertBefore(document.createElement("p"), place.firstChild);
      const said = `保存できていません。書いた文は、この画面に残っています。${trouble.message}`;
      if (words.dataset.said === said) return;
      words.dataset.said = said;
      words.textContent = said;
      if (trouble.kind === "signed-out") words.append(document.querySelector("live-parts").door());
    }

    /** Both texts, and a choice; typing goes on, nothing is lost. */
    conflict(name, theirs, version) {
      this.conflicts.add(name);
      const control = this.form.elements[name];
      const place = this.querySelector("[data-unsaved]");
      place.querySelector(`[data-conflict="${name}"]`)?.remove();
      const box = document.createElement("div");
      box.dataset.conflict = name;
      box.append(this.line("b", `「${this.labelOf(name)}」は、ほかの人も書きました。`), this.line("p", this.told(name, theirs)));
      const choices = document.createElement("p");
      const choose = (words, value) => {
        const button = this.line("button", words);
        button.type = "button";
        button.className = "button button--plain";
        button.addEventListener("click", () => this.settle(name, version, theirs, value, box));
        choices.append(button);
      };
      choose("自分の文にする", () => JSON.parse(this.valueOf(name)));
      choose("相手の文にする", () => theirs);
      if (control.tagName === "TEXTAREA") choose("両方残す", () => `${theirs}\n${control.value}`);
      box.append(choices);
      place.append(box);
      place.hidden = false;
    }

    line(tag, words) {
      const element = document.createElement(tag);
      element.textContent = words;
      return element;
    }

    told(name, theirs) {
      const control = this.form.elements[name];
      const chosen = [...(control.options ?? [])].find((option) => option.value === theirs);
      if (chosen) return chosen.textContent;
      const boxes = [...this.form.elements].filter((box) => box.name === name && ["checkbox", "radio"].includes(box.type));
      if (!boxes.length) return String(theirs);
      const words = boxes.filter((box) => theirs === true || [theirs].flat().includes(box.value)).map((box) => box.closest("label").textContent.trim());
      return words.join("、") || "(なし)";
    }

    settle(name, version, theirs, value, box) {
      const control = this.form.elements[name];
      this.conflicts.delete(name);
      this.seen[name] = version;
      this.known[name] = this.asValue(name, theirs);
      this.put(name, value());
      box.remove();
      this.red(null);
      control.focus?.();
      this.save();
    }
  },
);
