import { z } from 'zod';
import { LINK_STATES, listLinks } from '../channels/whatsapp-web/link-store';
import { qrSvg } from '../channels/whatsapp-web/qr';
import type { Database } from '../db/database';
import { AppError } from '../lib/errors';
import { iso, out } from './fields';
import { resource, type Resource } from './resource';

const link = z
  .object({
    state: z.enum(LINK_STATES),
    detail: out.text.nullable().describe('Why it is not connected, or what a person has to do'),
    phone: out.text.nullable().describe('The number that it is linked to'),
    has_qr: z.boolean().describe('There is a code to scan: GET /api/channels/whatsapp/qr'),
    changed_at: out.instant,
  })
  .meta({ id: 'ChannelLink' });

const notLinked = () =>
  new AppError(
    'CHANNEL_LINK_NOT_FOUND',
    404,
    'No number is linked by a browser here: set WHATSAPP_DRIVER=web, and let a worker run.',
  );

/** `/api/channels/whatsapp`: how the shop's phone is linked, and the code to scan, whichever instance runs the browser (CHN-2, OBS-1). */
export function channelLinksApi({ db }: { db: Database }): Resource {
  const api = resource('/api/channels', 'Channels');
  const find = async (businessId: number) => {
    const [row] = (await listLinks(db, businessId)).filter(({ channel }) => channel === 'whatsapp');
    if (!row) throw notLinked();
    return row;
  };

  api.get(
    '/whatsapp/link',
    {
      summary: 'How is WhatsApp linked to the phone of the shop?',
      answer: link,
      problems: { 404: ['CHANNEL_LINK_NOT_FOUND'] },
    },
    async ({ who }) => {
      const row = await find(who.businessId);
      return {
        state: row.state,
        detail: row.detail,
        phone: row.phone,
        has_qr: row.qr !== null,
        changed_at: iso(row.changed_at),
      };
    },
  );

  api.get(
    '/whatsapp/qr',
    {
      summary: 'The code to scan with the phone of the shop, as a picture',
      description: 'A code is good for about 20 seconds: ask again, and do not keep it.',
      role: 'admin',
      answer: z.string(),
      contentType: 'image/svg+xml',
      problems: { 404: ['CHANNEL_LINK_NOT_FOUND', 'QR_NOT_FOUND'] },
    },
    async ({ who, res }) => {
      const { qr } = await find(who.businessId);
      if (qr === null)
        throw new AppError('QR_NOT_FOUND', 404, 'There is nothing to scan at this moment.');
      res.set('cache-control', 'no-store').type('image/svg+xml').send(qrSvg(qr));
    },
  );
  return api;
}
