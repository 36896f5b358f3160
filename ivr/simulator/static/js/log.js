/* <line-log>: what went over the line, newest first. It is read only while the drawer is open. */
import { copy, follow, part, put, show } from "./dom.js";
import { line } from "./line.js";

const PAUSE = 500; // ms between two readings of the log
const SID = /([A-Z]{2}[0-9a-f]{4})[0-9a-f]{28}/g; // the file holds them whole
const KINDS = { webhook: "問い合わせ", news: "知らせ", rest: "REST", note: "メモ" };

customElements.define(
  "line-log",
  class extends HTMLElement {
    entries = [];

    connectedCallback() {
      this.drawer = this.querySelector("details");
      this.onlyBad = part(this, "only-bad");
      this.drawer.addEventListener("toggle", () => this.read());
      this.onlyBad.addEventListener("change", () => this.draw());
      line.addEventListener("state", () => this.update(line.state));
    }

    update({ counters, log_ok: good }) {
      put(part(this, "count"), `問い合わせと知らせ ${counters.webhooks}件・REST ${counters.rest}件`);
      const verdict = part(this, "verdict");
      put(verdict, good ? "" : `うまくいかなかったもの ${counters.failures}件`);
      verdict.className = good ? "tag" : "tag tag--danger";
      show(verdict, !good);
      put(part(this, "words"), words(counters));
      this.read();
    }

    async read() {
      if (!this.drawer.open || this.reading) {
        this.again = this.drawer.open;
        return;
      }
      this.reading = true;
      try {
        const answer = await fetch("/api/log");
        if (answer.ok) this.entries = (await answer.json()).entries;
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // the line is away; the page says so and reads again later
      }
      this.draw();
      setTimeout(() => this.rested(), PAUSE);
    }

    rested() {
      this.reading = false;
      if (this.again) {
        this.again = false;
        this.read();
      }
    }

    draw() {
      const shown = this.onlyBad.checked ? this.entries.filter((entry) => !entry.ok) : this.entries;
      const list = part(this, "entries");
      const scroller = list.parentElement;
      const fromEnd = scroller.scrollTop > 8 ? scroller.scrollHeight - scroller.scrollTop : null;
      follow(list, shown, (entry) => entry.id, make);
      if (fromEnd !== null) scroller.scrollTop = scroller.scrollHeight - fromEnd; // what is being read stays in place
      show(part(this, "empty"), this.entries.length === 0);
    }
  },
);

function words({ webhooks, violations, failures }) {
  if (failures > 0) {
    const broken = violations ? `決まりに合わない書き方が、${violations}か所見つかりました。` : "";
    return `うまくいかなかったものが、${failures}件あります。${broken}`;
  }
  return webhooks ? "署名も返事も、すべて正常です。" : "";
}

function make(entry) {
  const item = copy("entry");
  const time = item.querySelector("time");
  time.dateTime = entry.at;
  time.textContent = entry.at.slice(11, 19);
  item.classList.toggle("log-wrong", !entry.ok);
  part(item, "caller").textContent = entry.caller === null ? "–" : `発信者${entry.caller}`;
  part(item, "kind").textContent = KINDS[entry.kind] ?? entry.kind;
  part(item, "path").textContent = entry.path.replace(SID, "$1…");
  part(item, "path").title = entry.path;
  part(item, "digest").textContent = entry.digest;
  part(item, "status").textContent = entry.status === null ? "" : String(entry.status);
  part(item, "ms").textContent = entry.kind === "note" ? "" : `${entry.ms} ms`;
  const bad = part(item, "bad");
  for (const text of entry.violations) bad.append(Object.assign(document.createElement("li"), { textContent: text }));
  bad.hidden = entry.violations.length === 0;
  return item;
}
