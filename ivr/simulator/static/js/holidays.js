/* The holidays of Japan by the law of 2020 and after, and the days on which a weekday line is open. */
const FIXED = new Map([
  ["01-01", "元日"],
  ["02-11", "建国記念の日"],
  ["02-23", "天皇誕生日"],
  ["04-29", "昭和の日"],
  ["05-03", "憲法記念日"],
  ["05-04", "みどりの日"],
  ["05-05", "こどもの日"],
  ["08-11", "山の日"],
  ["11-03", "文化の日"],
  ["11-23", "勤労感謝の日"],
]);
const MONDAYS = [
  [1, 2, "成人の日"],
  [7, 3, "海の日"],
  [9, 3, "敬老の日"],
  [10, 2, "スポーツの日"],
];
export const DAY = 86_400_000;

function at(year, month, date) {
  return Date.UTC(year, month - 1, date);
}

function nthMonday(year, month, nth) {
  const first = new Date(at(year, month, 1)).getUTCDay();
  return at(year, month, 1 + ((8 - first) % 7) + 7 * (nth - 1));
}

// The usual approximation of the equinoxes, right from 1980 to 2099.
function equinox(year, month, base) {
  const years = year - 1980;
  return at(year, month, Math.floor(base + 0.242194 * years - Math.floor(years / 4)));
}

function named(year) {
  const days = new Map([...FIXED].map(([text, name]) => [Date.parse(`${year}-${text}T00:00:00Z`), name]));
  for (const [month, nth, name] of MONDAYS) days.set(nthMonday(year, month, nth), name);
  days.set(equinox(year, 3, 20.8431), "春分の日");
  days.set(equinox(year, 9, 23.2488), "秋分の日");
  return days;
}

function holidaysOf(year) {
  const days = named(year);
  const plain = [...days.keys()].sort((a, b) => a - b);
  for (const day of plain) {
    if (new Date(day).getUTCDay() !== 0) continue;
    let next = day + DAY;
    while (days.has(next)) next += DAY;
    days.set(next, "振替休日");
  }
  for (const day of plain) {
    const between = day + DAY;
    if (!days.has(between) && plain.includes(between + DAY)) days.set(between, "国民の休日");
  }
  return days;
}

const years = new Map();

/** Return the holiday's name of the day (its midnight in wall-clock milliseconds), or undefined. */
export function holidayOn(day) {
  const year = new Date(day).getUTCFullYear();
  if (!years.has(year)) years.set(year, holidaysOf(year));
  return years.get(year).get(day);
}

export function isNewYear(day) {
  const date = new Date(day);
  const monthDay = (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  return monthDay >= 1229 || monthDay <= 103;
}

export function isWeekend(day) {
  return [0, 6].includes(new Date(day).getUTCDay());
}
