import type { Treatment } from '../channel';

export interface GraphError {
  code: number;
  error_subcode?: number;
  message?: string;
  is_transient?: boolean;
}

/** With the sender's waits about six minutes: the code for "try again" is also that of a person who has blocked the page. */
export const FEW_TRIES = 10;
/** A picture, or whatever is worth one more try. */
export const TWO_TRIES = 2;
/** Another app, or a person in the inbox, has the conversation: nobody knows for how long. */
const THREAD_PAUSE_MS = 60_000;

const later: Treatment = { errorClass: 'retry' };
const fewTries: Treatment = { errorClass: 'retry', mostTries: FEW_TRIES };
const wholePage: Treatment = { errorClass: 'retry', slowsAccount: true };
const waitsForThread: Treatment = { errorClass: 'retry', retryAfterMs: THREAD_PAUSE_MS };
const elsewhere: Treatment = { errorClass: 'reroute' };
const notThisPerson: Treatment = { errorClass: 'reroute', stopsPerson: true };
const nobody: Treatment = { errorClass: 'permanent', stopsPerson: true };
const mistake: Treatment = { errorClass: 'permanent' };
const stopped: Treatment = { errorClass: 'configuration', slowsAccount: true, stopsAccount: true };
const picture: Treatment = { errorClass: 'retry', mostTries: TWO_TRIES, isPicture: true };

/** By code and subcode, the more telling of them first (error reference of the Messenger Platform). */
const BY_BOTH: Readonly<Record<string, Treatment>> = {
  '613/2018338': notThisPerson,
  '10/2018278': elsewhere,
  '10/2534022': elsewhere,
  '10/2018108': elsewhere,
  '551/1545041': elsewhere,
  '200/1545041': elsewhere,
  '10/1893063': stopped,
  '10/2022': stopped,
  '200/2018028': stopped,
  '200/2534041': stopped,
  '100/2018001': nobody,
  '100/2534014': nobody,
  '100/2018008': picture,
  '100/2018294': picture,
  '100/2018047': picture,
  '100/2534037': waitsForThread,
};

const BY_CODE: Readonly<Record<number, Treatment>> = {
  1: fewTries,
  2: fewTries,
  4: wholePage,
  17: wholePage,
  32: wholePage,
  613: wholePage,
  551: elsewhere,
  10: stopped,
  190: stopped,
  2022: stopped,
  1893063: stopped,
  2018300: waitsForThread,
  2018321: waitsForThread,
  100: mistake,
  // The message that it answers is deleted: nothing is missed.
  9000001: mistake,
};

/** Some answers bring a subcode under another code than the documented one. */
const BY_SUBCODE = new Map(
  Object.entries(BY_BOTH).map(([both, treatment]) => [Number(both.split('/')[1]), treatment]),
);

/** What is to be done about an error of the Send API, by code and subcode, never by its words or the HTTP status. */
export function classifyGraphError(error: GraphError, status: number): Treatment {
  const { code, error_subcode: subcode } = error;
  const known = BY_BOTH[`${code}/${subcode}`] ?? BY_SUBCODE.get(subcode ?? -1);
  if (known && !(error.is_transient && known === stopped)) return known;
  const isLimit = BY_CODE[code] === wholePage || code === 551;
  if (error.is_transient && !isLimit) return later;
  const byCode = BY_CODE[code];
  if (byCode) return byCode;
  // Permissions.
  if (code >= 200 && code < 300) return stopped;
  return status >= 500 ? later : mistake;
}
