/* ask(address, {form, json}): one request to our own server, as a script sends it.

   Returns the Response if all went well and throws Trouble otherwise; its kind says what to do:
   "away" try again later · "signed-out" sign in again, nothing is lost · "refused" show the words · "problems" mend
   fields. A form token that went stale with a new sign-in is renewed once by itself. */
globalThis.Trouble = class extends Error {
  constructor(kind, words, problems = []) {
    super(words);
    this.kind = kind;
    this.problems = problems;
  }
};

const AWAY = "サーバーにつながりません。自動で、くり返しためします。";
const SIGNED_OUT = "安全のため、いちど閉じました。もう一度お入りください。";

const meta = () => document.querySelector("meta[name=csrf-token]");

const renewed = async () => {
  const answer = await ask(document.querySelector("[data-form-token]").dataset.formToken, { again: false });
  meta().content = (await answer.json()).token;
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
  try {
    return await fetch(address, request);
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
  if (told.problems) throw new Trouble("problems", told.problems[0].message, told.problems);
  throw new Trouble("refused", told.error ?? "うまくいきませんでした。ページを読みこみ直してください。");
};
