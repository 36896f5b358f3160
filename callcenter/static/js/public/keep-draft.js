/* <keep-draft data-url data-login>: keeps what is written as a draft on the server while it is typed, and never says
   so before the server has. One save at a time; the next one says which version it goes on from, so that another tab's
   words are never overwritten. Without scripts the button beside the form does the same. */
const AFTER = 1500;
const AT_THE_LATEST = 6000;
const AGAIN = [2000, 5000, 15_000, 30_000];
const NOT_SAVED = "まだ保存できていません。書いた文は、この画面に残っています。";

customElements.define(
  "keep-draft",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.known = this.written();
      this.failures = 0;
      this.form.addEventListener("input", () => this.changed());
      this.form.addEventListener("submit", (event) => this.submitted(event));
      this.turned = () => document.visibilityState === "hidden" && this.save();
      this.online = () => this.failures && this.save();
      this.leaving = (event) => this.failures && this.dirty().length && event.preventDefault();
      document.addEventListener("visibilitychange", this.turned);
      addEventListener("online", this.online);
      addEventListener("beforeunload", this.leaving);
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
      document.removeEventListener("visibilitychange", this.turned);
      removeEventListener("online", this.online);
      removeEventListener("beforeunload", this.leaving);
    }

    written() {
      return JSON.stringify(["subject", "text"].map((name) => this.form.elements[name]?.value ?? ""));
    }

    /** What is not saved yet, for who asks before the page is left. */
    dirty() {
      return this.written() === this.known ? [] : ["text"];
    }

    changed() {
      if (!this.dirty().length) return;
      this.since ??= performance.now();
      this.later(Math.min(AFTER, Math.max(0, this.since + AT_THE_LATEST - performance.now())));
    }

    later(milliseconds) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), milliseconds);
    }

    /** The form itself keeps or sends what is written; it waits for a save that is under way, which it would overtake. */
    submitted(event) {
      clearTimeout(this.timer);
      this.failures = 0; // nothing to warn of: the form takes everything along
      if (!this.saving) {
        this.known = this.written();
        return;
      }
      event.preventDefault();
      this.saving.finally(() => {
        this.known = this.written();
        this.form.requestSubmit(event.submitter);
      });
    }

    save() {
      this.saving ??= this.send().finally(() => (this.saving = undefined));
      return this.saving;
    }

    async send() {
      if (!this.dirty().length) return;
      clearTimeout(this.timer);
      this.since = undefined;
      const written = this.written();
      try {
        const headers = { Accept: "application/json" };
        const body = new FormData(this.form);
        const answer = await fetch(this.dataset.url, { method: "POST", body, headers, credentials: "same-origin" });
        if (answer.status === 401) this.signedOut();
        else if (answer.ok) this.took(await answer.json(), written);
        else this.refused((await answer.json()).error, answer.status);
      } catch {
        this.failed();
      }
    }

    took({ saved_at, form_key, seen }, written) {
      this.failures = 0;
      this.known = written;
      this.form.elements.form_key.value = form_key;
      this.form.elements.seen.value = seen;
      this.say(saved_at ? `${saved_at} に、下書きに保存しました。` : "", "saved");
      this.changed();
    }

    failed() {
      this.failures += 1;
      this.say(NOT_SAVED, "unsaved");
      this.later(AGAIN[Math.min(this.failures, AGAIN.length) - 1]);
    }

    /** A rule said no: the reader can do something about it, another try cannot. */
    refused(words, status) {
      if (status >= 500 || status === 429) return this.failed();
      this.failures += 1;
      return this.say(`${NOT_SAVED}${words}`, "unsaved");
    }

    /** The server has kept what was posted, also after the session was over. */
    signedOut() {
      this.failures = 0;
      this.known = this.written();
      this.say("安全のために閉じました。書きかけは下書きにあります。", "unsaved");
      const link = document.createElement("a");
      link.href = `${this.dataset.login}?next=${encodeURIComponent("/mail/my/drafts")}`;
      link.textContent = "ログインする";
      this.querySelector("[data-saved]").append(link);
    }

    say(words, kind) {
      const place = this.querySelector("[data-saved]");
      place.dataset.kind = kind;
      place.textContent = words;
    }
  },
);
