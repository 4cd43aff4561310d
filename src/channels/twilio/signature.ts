import { validateRequest } from 'twilio';

/** The fields of a form: a name that comes twice is a list. */
export type Form = Record<string, string | string[]>;

/** `X-Twilio-Signature` over the public address and every field (Twilio, "Webhooks security"); compared in constant time. */
export const isSignedByTwilio = (
  token: string,
  header: string | undefined,
  url: string,
  form: Form,
): boolean => header !== undefined && header !== '' && validateRequest(token, header, url, form);
