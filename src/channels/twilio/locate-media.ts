import type { LocateMedia } from '../media';

/**
 * Twilio's own addresses may want the account's credentials, and send on to a store that does not (Messaging, media); no
 * other address is shown them.
 */
export const locateTwilioMedia: LocateMedia = ({ principal, token, apiUrl }, { url }) => {
  if (url === null || !URL.canParse(url))
    return Promise.resolve({ ok: false, reason: 'gone', code: 'no_address' });
  if (new URL(url).origin !== new URL(apiUrl).origin) return Promise.resolve({ ok: true, url });
  const credentials = Buffer.from(`${principal}:${token}`).toString('base64');
  return Promise.resolve({ ok: true, url, authorization: `Basic ${credentials}` });
};
