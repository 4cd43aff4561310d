import type { Treatment } from '../channel';

/** What is known of a mail that did not go: the library's word, the server's answer, and to which command. */
export interface MailError {
  code?: string;
  responseCode?: number;
  response?: string;
  command?: string;
}

/** The library's codes for what is wrong on our side. */
const CONFIGURATION = new Set([
  'EAUTH',
  'ENOAUTH',
  'EOAUTH2',
  'ECONFIG',
  'ETLS',
  'EREQUIRETLS',
  'EPROXY',
]);
/** Answers about our login (RFC 4954, 6): not known, not allowed, not safe enough. */
const LOGIN = new Set([530, 534, 535, 538]);
/** The server closes, or cannot check our login now: everything of ours would meet the same. */
const SERVER_BUSY = new Set([421, 454]);
/** Enhanced codes (RFC 3463) of an address that nobody has. */
const NOBODY = /\b5\.1\.(?:1|2|3|6|10)\b/;

/** What is to be done about a mail that did not go: 4xx is tried again, 5xx is final (RFC 5321, 4.2.1), ours is ours. */
export function treatMailError({ code, responseCode, response, command }: MailError): Treatment {
  const isOurs =
    (responseCode !== undefined && LOGIN.has(responseCode)) ||
    (CONFIGURATION.has(code ?? '') && !isTemporary(responseCode)) ||
    // It does not let us write under this name.
    (command === 'MAIL FROM' && isFinal(responseCode));
  if (isOurs) return { errorClass: 'configuration', stopsAccount: true };
  if (responseCode !== undefined && SERVER_BUSY.has(responseCode))
    return { errorClass: 'retry', slowsAccount: true };
  if (isFinal(responseCode))
    return { errorClass: 'permanent', stopsPerson: NOBODY.test(response ?? '') };
  if (responseCode === undefined && (code === 'EENVELOPE' || code === 'EMESSAGE'))
    return { errorClass: 'permanent' };
  return { errorClass: 'retry' };
}

const isTemporary = (status: number | undefined): boolean =>
  status !== undefined && status >= 400 && status < 500;
const isFinal = (status: number | undefined): boolean => status !== undefined && status >= 500;
