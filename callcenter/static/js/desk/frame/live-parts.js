/* <live-parts data-events data-parts data-login data-every data-beside>: keeps the parts that change by themselves fresh.

   It listens to hints (Server-Sent Events) and then fetches the parts; where no stream is to be had it looks every
   three seconds. It says so when the picture is no longer fresh, and when the person has to sign in again.
   A hint that a colleague is at the same record or case goes to the document as a "beside" event; with data-beside
   it looks then, too. Anybody may call look(). After each look a "desk-looked" event goes to the document. */
const EVERY = 3000;
const IN_ANY_CASE = 30_000; // nobody hints that a colleague's browser has fallen silent
const TRY_STREAM_AFTER = 20000;

customElements.define(
  "live-parts",
  class extends HTMLElement {
    connectedCallback() {
      this.tab = sessionStorage.getItem("tab") ?? crypto.randomUUID();
      sessionStorage.setItem("tab", this.tab);
      ElapsedTime.now(document.querySelector("[data-now]").dataset.now);
      setTimeout(() => this.listen());
      this.slow = setInterval(() => this.look(), this.dataset.every * 1000 || IN_ANY_CASE);
      addEventListener("pagehide", () => this.source?.close());
    }

    disconnectedCallback() {
      this.source?.close();
      clearInterval(this.poll);
      clearInterval(this.slow);
    }

    listen() {
      clearTimeout(this.retry);
      this.source?.close();
      const source = new EventSource(`${this.dataset.events}?tab=${encodeURIComponent(this.tab)}`);
      this.source = source;
      source.addEventListener("hello", () => {
        clearInterval(this.poll);
        this.poll = undefined;
        this.look();
      });
      source.addEventListener("change", () => this.look());
      source.addEventListener("beside", () => {
        document.dispatchEvent(new CustomEvent("beside"));
        if ("beside" in this.dataset) this.look();
      });
      source.addEventListener("error", () => this.manage(source));
    }

    // The browser itself comes back after a break; after a refusal it gives up, and we look by ourselves for a while.
    manage(source) {
      this.poll ??= setInterval(() => this.look(), EVERY);
      if (source.readyState !== EventSource.CLOSED) return;
      clearTimeout(this.retry);
      this.retry = setTimeout(() => this.listen(), TRY_STREAM_AFTER);
    }

    async look() {
      if (this.looking) {
        this.again = true;
        return;
      }
      this.looking = true;
      try {
        const answer = await ask(this.dataset.parts);
        this.trouble(null);
        const { asked } = answer;
        if (!putParts(await answer.text(), { patiently: true, asked })) setTimeout(() => this.look(), 2000);
        document.dispatchEvent(new CustomEvent("desk-looked"));
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        this.trouble(trouble);
      } finally {
        this.looking = false;
      }
      if (this.again) {
        this.again = false;
        await this.look();
      }
    }

    // What is on the screen may be old now: say so where everybody looks, and keep trying.
    trouble(trouble) {
      const place = document.querySelector("[data-trouble]");
      if (!place) return;
      if (!trouble) {
        if (!place.hidden) place.hidden = true;
        return;
      }
      this.poll ??= setInterval(() => this.look(), EVERY);
      const words = trouble.kind === "signed-out" ? trouble.message : `画面が新しくなっていません。${trouble.message}`;
      if (!place.hidden && place.dataset.kind === trouble.kind) return;
      place.dataset.kind = trouble.kind;
      place.textContent = words;
      if (trouble.kind === "signed-out") place.append(this.door());
      place.hidden = false;
    }

    door() {
      const door = document.createElement("a");
      door.href = this.dataset.login;
      door.target = "_blank";
      door.textContent = "新しいタブでログインする";
      return door;
    }
  },
);
