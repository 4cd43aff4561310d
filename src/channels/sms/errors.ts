import type { ErrorClass } from '../channel';

const CLASSES: Record<ErrorClass, readonly number[]> = {
  retry: [20429, 14107, 30001, 30003, 30008, 63018],
  configuration: [20003, 20404, 20005, 21408, 21606, 21612, 21659, 30002, 30007, 30034],
  opt_out: [21610],
  reroute: [21211, 21614, 21635, 30004, 30005, 30006, 63016, 63024, 63003],
  permanent: [21617, 21602],
};

/** The class of a Twilio error code (twilio.com/docs/api/errors). An answer without one is not Twilio's: the outcome is unknown. */
export function classifyTwilioError(
  code: number | undefined,
  status: number | undefined,
): ErrorClass {
  const known = (Object.keys(CLASSES) as ErrorClass[]).find((name) =>
    CLASSES[name].includes(code ?? 0),
  );
  if (known) return known;
  const isUnknown = code === undefined || status === undefined;
  return isUnknown || status === 429 || status >= 500 ? 'retry' : 'permanent';
}
