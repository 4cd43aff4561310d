import type { ErrorClass } from '../channel';

export interface GraphError {
  code: number;
  error_subcode?: number;
  message?: string;
  is_transient?: boolean;
}

const WINDOW_CLOSED = new Set([2018278, 2534022]);
const NOT_RECEIVING = new Set([2018108, 1545041]);
const PAGE_RESTRICTED = new Set([1893063, 2022]);
const NO_SUCH_PERSON = new Set([2018001, 2534014]);
const MEDIA = new Set([2018008, 2018294, 2018047]);
const RATE_LIMITS = new Set([4, 17, 32, 613]);
const ABUSE_WARNING = 2018338;
const THREAD_CONTROL = new Set([2018300, 2018321, 2534037]);

/** The class of a Graph API error, by code and subcode (error reference of the Messenger Platform). */
export function classifyGraphError(
  error: GraphError,
  status: number,
): { errorClass: ErrorClass; slowsAccount: boolean } {
  const subcode = error.error_subcode ?? 0;
  const is = (errorClass: ErrorClass, slowsAccount = false) => ({ errorClass, slowsAccount });
  if (error.code === 613 && subcode === ABUSE_WARNING) return is('reroute');
  if (RATE_LIMITS.has(error.code)) return is('retry', true);
  if (WINDOW_CLOSED.has(subcode) || NOT_RECEIVING.has(subcode) || error.code === 551)
    return is('reroute');
  if (error.is_transient) return is('retry');
  const isRestricted = PAGE_RESTRICTED.has(subcode) || PAGE_RESTRICTED.has(error.code);
  if (isRestricted || error.code === 190 || error.code === 10) return is('configuration', true);
  if (THREAD_CONTROL.has(error.code) || THREAD_CONTROL.has(subcode)) return is('retry');
  if (error.code === 100) {
    if (MEDIA.has(subcode)) return is('retry');
    return is(NO_SUCH_PERSON.has(subcode) ? 'reroute' : 'permanent');
  }
  if (error.code >= 200 && error.code < 300) return is('configuration', true);
  if (error.code === 1 || error.code === 2 || status >= 500) return is('retry');
  return is('permanent');
}
