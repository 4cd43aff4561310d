const DAY_MS = 24 * 60 * 60_000;

/** The instant at which a day ("2026-03-01") begins in a time zone, some days later if asked. */
export function startOfLocalDay(day: string, timezone: string, addDays = 0): Date {
  const midnight = Date.parse(`${day}T00:00:00Z`) + addDays * DAY_MS;
  // The offset may change within the day: the second look is at the instant itself.
  const guess = midnight - offsetMs(midnight, timezone);
  return new Date(midnight - offsetMs(guess, timezone));
}

function offsetMs(instant: number, timezone: string): number {
  const format = formatOf(timezone);
  const parts = Object.fromEntries(
    format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;
  const { year, month, day, hour, minute, second } = parts;
  const wall = Date.UTC(year, month - 1, day, hour % 24, minute, second);
  return wall - Math.floor(instant / 1000) * 1000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(timeZone, format);
  return format;
}
