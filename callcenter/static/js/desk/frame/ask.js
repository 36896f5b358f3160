/* ask(address, {form, json}): one request to our own server, as a script sends it.

   Returns the whole Response if all went well; its "asked" counts the requests of this page, so that of two answers the
   one that was asked for later is known. Throws Trouble otherwise; its kind says what to do:
   "away" try again later · "signed-out" sign in again, nothing is lost · "refused" show the words, and the way onward if
   there is one · "problems" mend fields. A form token that went stale with a new sign-in is renewed once by itself.

   askJson(address, …): what the answer says; one that says nothing, or no JSON, is Trouble "away" too. */
globalThis.Trouble = class extends Error {
  constructor(kind, words, { problems = [], onward = null } = {}) {
    super(words);
    this.kind = kind;
    this.problems = problems;
    this.onward = onward;
  }
};

const AWAY = "サーバーにつながりません。自動で、くり返し試します。";
const SIGNED_OUT = "安全のためログアウトしました。もう一度ログインしてください。";

let requests = 0;

const meta = () => document.querySelector("meta[name=csrf-token]");

const renewed = async () => {
  const { token } = await askJson(document.querySelector("[data-form-token]").dataset.formToken, { again: false });
  meta().content = token;
};

const sent = async (address, { form, json, timeout }) => {
  const headers = { Accept: "application/json" };
  const request = { headers, credentials: "same-origin", signal: AbortSignal.timeout(timeout) };
  if (form || json) {
    request.method = "POST";
    headers["X-CSRFToken"] = meta().content;
    if (json) headers["Content-Type"] = "application/json";
    request.body = json ? JSON.stringify(json) : form;
  }
  requests += 1;
  const asked = requests;
  try {
    const answer = await fetch(address, request);
    const whole = await answer.arrayBuffer(); // an answer that breaks off is none, and one that is here stays whole
    return Object.assign(new Response(whole.byteLength ? whole : null, answer), { asked });
  } catch {
    throw new Trouble("away", AWAY);
  }
};

globalThis.ask = async (address, { form, json, timeout = 8000, again = true } = {}) => {
  // The token in a form is the page's first one; the header carries the newest.
  form?.delete?.("csrf_token");
  const answer = await sent(address, { form, json, timeout });
  if (answer.ok) return answer;
  if (answer.status === 401) throw new Trouble("signed-out", SIGNED_OUT);
  if (answer.status === 400 && again && (form || json)) {
    await renewed();
    return ask(address, { form, json, timeout, again: false });
  }
  if (answer.status >= 500 || answer.status === 429) throw new Trouble("away", AWAY);
  const told = await answer.json().catch(() => ({}));
  if (told.problems) throw new Trouble("problems", told.problems[0].message, told);
  throw new Trouble("refused", told.error ?? "うまくいきませんでした。ページを読みこみ直してください。", told);
};

globalThis.askJson = async (address, options) => {
  const answer = await ask(address, options);
  return answer.json().catch(() => {
    throw new Trouble("away", AWAY);
  });
};
