/* <work-space data-board>: forms answer in place, and the record of the call in hand comes to the middle by itself.

   form[data-press]  a press: sent, then everything that is live is looked at again; with data-saves-first not
                     before what was typed is saved, as the record goes away with it
   form[data-part]   its answer holds parts of the page, which are put in their places; data-then names who has the
                     focus afterwards if it was there
   a[data-open-record]  opens a record here instead of leaving the page
   [data-open-risk]     goes to the level of risk in the record at hand

   What opens, closes or fills the record goes one after the other, and looks at its turn at what is open by then: so no
   older answer comes over a newer one, and none takes the focus from whoever writes in the record already. */
customElements.define(
  "work-space",
  class extends HTMLElement {
    connectedCallback() {
      this.followed = document.getElementById("callbar").dataset.record;
      document.addEventListener("submit", (event) => this.submitted(event));
      document.addEventListener("click", (event) => this.clicked(event));
      document.addEventListener("keydown", (event) => this.pressed(event));
      document.addEventListener("desk-looked", () => {
        this.settleWithMode();
        this.inTurn(() => this.follow());
        this.markFinish();
      });
      this.mode = document.getElementById("callbar").dataset.mode;
      this.markFinish();
    }

    settleWithMode() {
      const { mode } = document.getElementById("callbar").dataset;
      if (mode !== this.mode) this.settle();
      this.mode = mode;
    }

    /** The record of a call that goes on cannot be finished yet, so its button is not the one that stands out. */
    markFinish() {
      const { mode, record } = document.getElementById("callbar").dataset;
      const tooEarly = mode !== "wrapup" && record !== "" && record === this.shown();
      document.querySelector("[data-finish-button]")?.classList.toggle("button--primary", !tooEarly);
    }

    get saver() {
      return document.querySelector("auto-save");
    }

    /** What went wrong is over once something else is tried, or the call has gone on. */
    say(words, tone, onward, cause = tone === "warn" ? "act" : "") {
      document.querySelector("toast-box").say(words, tone, onward, cause);
    }

    /** Over as soon as the record is saved. */
    sayUnsaved(words) {
      this.say(words, "warn", null, "unsaved");
    }

    settle() {
      document.querySelector("toast-box").settle("act");
    }

    inTurn(act) {
      this.turn = (this.turn ?? Promise.resolve()).then(act, act);
      return this.turn;
    }

    async tried(act) {
      this.settle();
      try {
        return await act();
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        this.say(trouble.message, "warn", trouble.onward);
        return undefined;
      }
    }

    // ---- forms

    submitted(event) {
      const form = event.target;
      if (event.defaultPrevented) return;
      if (form.id === "record-form") {
        event.preventDefault();
        this.record(event.submitter);
      } else if (form.matches("[data-press]")) {
        event.preventDefault();
        this.press(form, event.submitter);
      } else if (form.matches("[data-log-out]") && document.getElementById("callbar").dataset.call) {
        event.preventDefault(); // leaving the page would end the call
        this.logOut(form);
      } else if (form.matches("[data-part]")) {
        event.preventDefault();
        this.part(form, event.submitter);
      }
    }

    async press(form, submitter) {
      if ("savesFirst" in form.dataset && this.saver && !(await this.saver.flush())) {
        this.sayUnsaved("いまの記録がまだ保存できていないため、引きつがずに待っています。もう一度押してください。");
        return;
      }
      await this.tried(() => ask(form.action, { form: new FormData(form, submitter) }));
      document.querySelector("live-parts").look();
    }

    async logOut(form) {
      const answer = await this.tried(() => ask(form.action, { form: new FormData(form) }));
      if (answer) this.say((await answer.json()).words);
      document.querySelector("live-parts").look();
    }

    /** Sent as it stood when it was pressed; with another record open by then, its answer belongs nowhere. */
    part(form, submitter) {
      const sent = new FormData(form, submitter);
      const nickname = document.getElementById("nickname_heard");
      if (form.matches("[data-needs-name]") && nickname) sent.set("nickname_heard", nickname.value);
      // Whoever chose by key from the name box goes on to the story, as from the list itself.
      const inside = document.getElementById("person-part").contains(document.activeElement) || document.activeElement === nickname;
      const address = submitter?.getAttribute("formaction") ?? form.action;
      const record = this.shown();
      this.inTurn(async () => {
        const answer = await this.tried(() => ask(address, { form: sent }));
        if (!answer) return;
        const html = await answer.text();
        if (record === this.shown()) {
          putParts(html, { asked: answer.asked });
          if (inside || document.activeElement === document.body) document.getElementById(form.dataset.then)?.focus();
          this.saver?.sync(); // with a person comes what they told before, and goes with them
        }
        document.querySelector("live-parts").look();
      });
    }

    clicked(event) {
      const draft = event.target.closest("[data-open-record]");
      if (draft) {
        event.preventDefault();
        this.inTurn(() => this.open(draft.href)).then(() => this.toRecord());
      } else if (event.target.closest("[data-open-risk]")) {
        this.inTurn(() => this.toRisk());
      } else if (event.target.closest("a[href]")?.getAttribute("href") === this.dataset.board && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        this.inTurn(() => this.open(this.dataset.board)).then((opened) => opened && this.toRecord());
      }
    }

    // ---- the record in the middle

    async follow() {
      const { record, handedOver } = document.getElementById("callbar").dataset;
      if (record === this.followed) return;
      const before = this.followed;
      this.followed = record;
      if (handedOver !== undefined && before === this.shown()) await this.open(this.dataset.board);
      if (!record || record === this.shown()) return;
      if (await this.open(this.dataset.board)) {
        this.toRecord();
        document.getElementById("nickname_heard")?.focus();
      }
    }

    shown() {
      return document.getElementById("record-part").dataset.record;
    }

    /** What was typed is saved before the form goes away, also while the answer was on its way; else the form stays. */
    async open(address) {
      let answer, html;
      do {
        if (this.saver && !(await this.saver.flush())) {
          this.sayUnsaved("いまの記録がまだ保存できていないため、そのままにしています。");
          this.followed = "";
          return false;
        }
        answer = await this.tried(() => ask(address));
        if (!answer) {
          this.followed = "";
          return false;
        }
        html = await answer.text();
      } while (this.saver?.dirty().length);
      putParts(html, { asked: answer.asked });
      this.markFinish();
      history.replaceState(null, "", address);
      return true;
    }

    /** To the level of risk in the record at hand, whatever is on the screen. */
    async toRisk() {
      const { record } = document.getElementById("callbar").dataset;
      if (record && record !== this.shown() && !(await this.open(this.dataset.board))) return;
      this.toRecord();
      const level = document.querySelector("#record-form [name=risk]:checked");
      level?.closest("risk-check").scrollIntoView();
      level?.focus({ focusVisible: true, preventScroll: true });
    }

    toRecord() {
      document.querySelector("tab-list").show("record");
    }

    // ---- finishing

    pressed(event) {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      if (!document.querySelector("[data-finish-button]")) return;
      event.preventDefault();
      this.inTurn(this.finishing());
    }

    record(submitter) {
      if (submitter?.name === "quick") this.inTurn(this.finishing(submitter.value));
      else if (submitter?.name === "confirm") this.inTurn(() => this.confirm(submitter));
      else if (submitter?.name === "review") this.inTurn(() => this.review(submitter));
      else if (submitter?.matches("[data-finish-button]")) this.inTurn(this.finishing());
    }

    /** For the record that was meant: pressed twice, it does not finish the one that came into its place. */
    finishing(quick) {
      const form = document.getElementById("record-form");
      return () => form.isConnected && this.finish(form, quick);
    }

    /** The same today as it was told before: the note goes, the choice stays, the focus goes to the choice. */
    async confirm(button) {
      const sent = new FormData();
      sent.set("confirm", button.value);
      if (!(await this.tried(() => ask(button.formAction, { form: sent }))) || !button.isConnected) return;
      const chosen = document.getElementById("record-form").elements[button.value];
      await this.saver.sync();
      (chosen.focus ? chosen : chosen[0])?.focus();
    }

    async review(button) {
      if (this.saver && !(await this.saver.flush())) return;
      if (!(await this.tried(() => ask(button.formAction, { form: new FormData() })))) return;
      this.say("読んだことを、記録に残しました。");
      await this.open(location.href);
    }

    async finish(form, quick) {
      this.forgive(form);
      this.settle();
      if (!(await this.saver.flush())) {
        this.sayUnsaved("まだ保存できていないため、閉じられません。書いた文は、この画面に残っています。");
        return;
      }
      const sent = new FormData();
      if (form.elements.after) sent.set("after", form.elements.after.value);
      if (quick) sent.set("quick", quick);
      let answer;
      try {
        answer = await ask(form.dataset.finish, { form: sent });
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        if (trouble.kind === "problems") this.mend(form, trouble.problems);
        else this.say(trouble.message, "warn");
        return;
      }
      if (answer.status !== 204) {
        location.assign((await answer.json()).goto); // signed out with it, as wished before
        return;
      }
      const { reopen } = form.dataset;
      this.followed = "";
      await this.open(this.dataset.board); // first, so that nothing is written into the form that goes away
      document.querySelector("toast-box").offer("記録を閉じました。おつかれさまでした。", {
        label: "取り消す",
        key: "Z",
        act: () => this.inTurn(() => this.reopen(reopen)),
      });
      document.getElementById("main").focus();
      document.querySelector("live-parts").look();
    }

    /** Back to the record as it was; to the call's end, too, if nothing rang since. */
    async reopen(address) {
      const answer = await this.tried(() => ask(address, { form: new FormData() }));
      if (!answer) return;
      const { goto } = await answer.json();
      const { call, offer } = document.getElementById("callbar").dataset;
      if (call !== undefined || offer !== undefined) {
        this.say("記録を、書きかけに戻しました。この電話のあとで、左の「書きかけの記録」から開けます。");
      } else if (await this.open(goto)) {
        this.toRecord();
        document.getElementById("next_step")?.focus();
      }
      document.querySelector("live-parts").look();
    }

    mend(form, problems) {
      const summary = document.createElement("error-summary");
      summary.className = "notice notice--danger";
      summary.setAttribute("role", "alert");
      const title = document.createElement("p");
      title.className = "notice-title";
      title.textContent = "あと少しです。ご確認ください。";
      const list = document.createElement("ul");
      for (const { field, message } of problems) {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = `#${field}`;
        link.textContent = message;
        link.addEventListener("click", (event) => {
          event.preventDefault();
          form.elements[field].focus();
        });
        item.append(link);
        list.append(item);
        this.mark(form.elements[field], message);
      }
      summary.append(title, list);
      document.getElementById("record-problems").replaceChildren(summary);
    }

    mark(control, message) {
      const words = document.createElement("p");
      words.className = "wrong";
      words.id = `${control.id}-wrong`;
      words.textContent = message;
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", words.id);
      control.closest(".field").classList.add("field--wrong");
      control.before(words);
      control.addEventListener("input", () => this.forgive(control.form), { once: true });
    }

    forgive(form) {
      document.getElementById("record-problems").replaceChildren();
      for (const control of form.querySelectorAll("[aria-invalid]")) {
        control.removeAttribute("aria-invalid");
        control.removeAttribute("aria-describedby");
        control.closest(".field").classList.remove("field--wrong");
        document.getElementById(`${control.id}-wrong`)?.remove();
      }
    }
  },
);
