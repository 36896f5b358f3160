/* <caption-list>: what one leg hears, says and presses, with its times. It stays at its end unless scrolled away. */
import { copy, follow, part, put, show } from "./dom.js";
import { wall } from "./line.js";
import { day } from "./words.js";

const NEAR = 48; // px from the end that still count as the end
const NAMES = { caller: "かけた人", counsellor: "相談員" };

customElements.define(
  "caption-list",
  class extends HTMLElement {
    // Whoever holds this list may fill it before it is connected itself: parents are connected first.
    prepare() {
      if (this.list) return;
      this.list = this.querySelector("ol");
      this.nothing = part(this, "nothing");
      this.staying = true;
      this.addEventListener("scroll", () => {
        this.staying = this.scrollHeight - this.scrollTop - this.clientHeight < NEAR;
      });
      new ResizeObserver(() => this.settle()).observe(this);
    }

    update(captions, now) {
      this.prepare();
      const lines = withDays(withoutMoreMusic(captions));
      const grows = lines.length !== this.list.childElementCount;
      follow(this.list, lines, (one) => one.key, make, (item, one) => refresh(item, one, now));
      if (this.nothing) show(this.nothing, lines.length === 0);
      if (grows) this.settle();
    }

    settle() {
      if (this.staying) this.scrollTop = this.scrollHeight;
    }
  },
);

export function isMusic(caption) {
  return caption.kind === "said" && caption.text.startsWith("♪");
}

// Waiting music comes in short pieces; one line says it until something else is heard.
function withoutMoreMusic(captions) {
  return captions.filter((one, place) => !(isMusic(one) && place > 0 && isMusic(captions[place - 1])));
}

function withDays(captions) {
  const lines = [];
  let last = "";
  for (const caption of captions) {
    const date = caption.at.slice(0, 10);
    if (date !== last) lines.push({ key: `day-${caption.id}`, day: day(wall(caption.at)) });
    last = date;
    lines.push({ key: caption.id, caption });
  }
  return lines;
}

function make({ day: date, caption }) {
  if (date) {
    const item = copy("day");
    item.firstElementChild.textContent = date;
    return item;
  }
  const item = copy(caption.kind === "event" ? "key-caption" : "caption");
  const time = item.querySelector("time");
  time.dateTime = caption.at;
  time.textContent = caption.at.slice(11, 19);
  part(item, "text").textContent = isMusic(caption) ? "♪ 音楽が流れています" : caption.text;
  if (caption.kind !== "event") {
    item.className = isMusic(caption) ? "caption--event" : `caption--${caption.kind}`;
    if (NAMES[caption.who]) part(item, "speaker").textContent = `${NAMES[caption.who]}: `;
  }
  return item;
}

function refresh(item, { caption }, now) {
  if (caption?.kind !== "said") return;
  const speaking = !caption.cut && now < wall(caption.at) + caption.seconds * 1000;
  item.toggleAttribute("data-speaking", speaking);
  if (caption.cut && !isMusic(caption)) put(part(item, "text"), `${caption.text}(途中まで)`);
}
