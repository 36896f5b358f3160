/* Times, days and states in words and shapes. */
const WEEKDAYS = "日月火水木金土";

export function two(number) {
  return String(number).padStart(2, "0");
}

/** 98 → 1:38, 3700 → 1:01:40 */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** 2026-11-26T14:07:12, from wall-clock milliseconds. */
export function stamp(ms) {
  return new Date(ms).toISOString().slice(0, 19);
}

/** 2026年11月26日(木) */
export function day(ms) {
  const date = new Date(ms);
  return `${date.getUTCFullYear()}年${monthDay(ms)}`;
}

/** 11月26日(木) */
export function monthDay(ms) {
  const date = new Date(ms);
  return `${date.getUTCMonth() + 1}月${date.getUTCDate()}日(${WEEKDAYS[date.getUTCDay()]})`;
}

const SHAPES = {
  draft: ["quiet", "phone"],
  idle: ["quiet", "ring"],
  ringing: ["calm", "ring"],
  listening: ["calm", "voice"],
  waiting: ["warm", "wait"],
  joining: ["calm", "transfer"],
  talking: ["accent", "dot"],
  held: ["warm", "hold"],
  ended: ["quiet", "end"],
};

/** Dress a state badge: shape, word and only then colour. */
export function dress(root, state, words) {
  const badge = root.querySelector('[data-part="state"]');
  if (badge.dataset.state !== state) {
    const [tone, shape] = SHAPES[state] ?? SHAPES.idle;
    badge.dataset.state = state;
    badge.className = `state tone--${tone}`;
    const icon = badge.querySelector(".icon");
    icon.classList.toggle("icon--solid", shape === "dot");
    icon.querySelector("use").setAttribute("href", `/assets/icons.svg#${shape}`);
  }
  const label = badge.querySelector('[data-part="state-words"]');
  if (label.textContent !== words) label.textContent = words;
}
