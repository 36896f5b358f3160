/* Where the clock's jump buttons lead: always forward, to the next day on which the moment means something. */
import { DAY, holidayOn, isNewYear, isWeekend } from "./holidays.js";

const HOUR = 3_600_000;
const NOON = 12 * HOUR;

function next(now, timeOfDay, fits) {
  let day = Math.floor(now / DAY) * DAY;
  while (day + timeOfDay <= now || !fits(day)) day += DAY;
  return day + timeOfDay;
}

const isOpenDay = (day) => !isWeekend(day) && !isNewYear(day) && !holidayOn(day);
const isPlainHoliday = (day) => holidayOn(day) !== undefined && !isWeekend(day) && !isNewYear(day);
const isYearEnd = (day) => new Date(day).getUTCMonth() === 11 && new Date(day).getUTCDate() === 29;

/** Each takes the line's wall clock in milliseconds and returns the moment to go to. */
export const MOMENTS = {
  open: (now) => next(now, 10 * HOUR - 10_000, isOpenDay),
  day: (now) => next(now, 14 * HOUR, isOpenDay),
  late: (now) => next(now, 16.5 * HOUR, isOpenDay),
  close: (now) => next(now, 17 * HOUR - 10_000, isOpenDay),
  holiday: (now) => next(now, NOON, isPlainHoliday),
  "year-end": (now) => next(now, NOON, isYearEnd),
};
