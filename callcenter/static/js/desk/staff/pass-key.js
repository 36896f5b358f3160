/* <pass-key data-ask data-kind="get|create" data-site>: lets a passkey fill in the form inside and sends it.

   The form shows only where this browser has passkeys and the page is opened at the site they belong to. */
const INTERRUPTED = "パスキーの確認が、途中で終わりました。もう一度押すか、ほかの方法をお使いください。";
const KNOWN_HERE = "この機器のパスキーは、すでに登録してあります。";
const NOT_REACHED = "うまくつながりませんでした。ページを読みこみ直して、もう一度お試しください。";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

const asked = (kind, options) => {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (kind === "get") return { publicKey: { ...publicKey, allowCredentials: named(options.allowCredentials) } };
  const user = { ...options.user, id: bytes(options.user.id) };
  return { publicKey: { ...publicKey, user, excludeCredentials: named(options.excludeCredentials) } };
};

const answered = (credential) => {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
};

customElements.define(
  "pass-key",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      const { site } = this.dataset;
      const here = location.hostname === site || location.hostname.endsWith(`.${site}`);
      const able = "PublicKeyCredential" in globalThis && isSecureContext;
      this.querySelector("[data-elsewhere]").hidden = here;
      this.querySelector("[data-unknown]").hidden = able || !here;
      this.form.hidden = !(here && able);
      this.form.addEventListener("submit", (event) => this.send(event));
    }

    async send(event) {
      if (this.form.elements.credential.value) return; // the answer is in; the browser sends the form
      event.preventDefault();
      if (this.busy) return;
      this.busy = true;
      this.say("機器の画面で、確認してください。");
      try {
        this.form.elements.credential.value = await this.answer();
        this.say("");
        this.form.requestSubmit();
      } catch (trouble) {
        if (!(trouble instanceof DOMException || trouble instanceof TypeError)) throw trouble;
        this.say(this.words(trouble));
      } finally {
        this.busy = false;
      }
    }

    async answer() {
      const { ask, kind } = this.dataset;
      const sent = await fetch(ask, {
        method: "POST",
        body: new FormData(this.form),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      if (!sent.ok) throw new TypeError("not asked");
      const credentials = navigator.credentials;
      const question = asked(kind, await sent.json());
      return answered(await (kind === "get" ? credentials.get(question) : credentials.create(question)));
    }

    words(trouble) {
      if (trouble instanceof TypeError) return NOT_REACHED;
      return trouble.name === "InvalidStateError" ? KNOWN_HERE : INTERRUPTED;
    }

    say(words) {
      this.querySelector("[data-told]").textContent = words;
    }
  },
);
