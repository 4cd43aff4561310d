import { z } from 'zod';
import {
  deleteChannel,
  listChannels,
  OWN_CHANNELS,
  type ChannelRow,
} from '../../businesses/channel-account-store';
import { setChannelAccount } from '../../businesses/set-channel-account';
import type { Account } from '../../channels/channel';
import { isWhatsAppWeb } from '../../channels/whatsapp-web/account';
import { refusal } from '../errors';
import { iso, listOf } from '../fields';
import { change } from '../change';
import { AppError } from '../../lib/errors';
import type { Call, Resource } from '../resource';
import { businessIn, type BusinessesApiDeps } from './access';
import {
  channelSchema,
  fromInstagram,
  fromMessenger,
  fromSms,
  fromWhatsApp,
  instagramBody,
  MASK,
  messengerBody,
  smsBody,
  whatsappBody,
  type ChannelAccount,
} from './channel-schema';

const PROBLEMS = { 404: ['BUSINESS_NOT_FOUND'] };
const PUT_PROBLEMS = { ...PROBLEMS, 409: ['ACCOUNT_TAKEN'], 503: ['ENCRYPTION_KEY_REQUIRED'] };

/** `/api/businesses/:id/channels`: the accounts that a business brings itself (RUN-6). Secrets come in and never go out. */
export function addChannels(api: Resource, deps: BusinessesApiDeps): void {
  const { db, accounts, config, firstBusinessId } = deps;

  /** Those of the environment first, as far as they are this business's. */
  async function shown(businessId: number): Promise<z.input<typeof channelSchema>[]> {
    await accounts.freshen('now');
    // The others have no credentials that a business could bring itself.
    const fixed = accounts.all.filter(
      (one) =>
        one.businessId === businessId &&
        !one.isStored &&
        !one.isPlayground &&
        OWN_CHANNELS.some((channel) => channel === one.channel),
    );
    const stored = await listChannels(db, businessId);
    return [
      ...fixed.map((account) => fromEnvironment(account, config.publicUrl)),
      ...stored.map((row) =>
        fromDatabase(row, accounts.find(row.channel, row.accountId), config.publicUrl),
      ),
    ];
  }

  api.get(
    '/:id/channels',
    {
      summary: "The business's accounts on the channels, without their secrets",
      role: 'admin',
      answer: listOf(channelSchema),
      problems: PROBLEMS,
    },
    async (call) => {
      const business = await businessIn(db, call, firstBusinessId);
      return { data: await shown(business.id), next_cursor: null };
    },
  );

  const put = <Body extends z.ZodType>(
    channel: string,
    body: Body,
    read: (body: z.output<Body>) => ChannelAccount,
  ): void =>
    api.put(
      `/:id/channels/${channel}`,
      {
        summary: `Connect the business's own account of ${channel}; it takes the place of the one before`,
        role: 'admin',
        body,
        answer: channelSchema,
        problems: PUT_PROBLEMS,
      },
      async (call) => {
        const account = read(call.body);
        const { id: businessId } = await businessIn(db, call, firstBusinessId);
        await change(db, { ...call.who, businessId }, 'channel.connect', async (trx) => {
          const outcome = await setChannelAccount(trx, deps, { ...account, businessId });
          if (!outcome.ok)
            throw refusal(outcome.code === 'ENCRYPTION_KEY_REQUIRED' ? 503 : 409, outcome);
          return {
            subject: `channel ${channel}`,
            detail: { account: account.accountId },
            result: undefined,
          };
        });
        const rows = await shown(businessId);
        return rows.find((row) => row.channel === channel && row.source === 'database');
      },
    );
  put('messenger', messengerBody, fromMessenger);
  put('instagram', instagramBody, fromInstagram);
  put('whatsapp', whatsappBody, fromWhatsApp);
  put('sms', smsBody, fromSms);

  api.delete(
    '/:id/channels/:channel',
    {
      summary: "Disconnect the business's own account of a channel; its secrets are deleted",
      role: 'admin',
      params: { channel: OWN_CHANNELS.join(', ') },
      answer: z.object({ success: z.literal(true) }),
      problems: { 404: ['BUSINESS_NOT_FOUND', 'CHANNEL_NOT_FOUND'] },
    },
    async (call) => {
      await disconnect(deps, call);
      await accounts.freshen('now');
      return { success: true as const };
    },
  );
}

async function disconnect(
  { db, firstBusinessId }: BusinessesApiDeps,
  call: Pick<Call, 'params' | 'who'>,
): Promise<void> {
  const channel = OWN_CHANNELS.find((one) => one === call.params.channel);
  const { id: businessId } = await businessIn(db, call, firstBusinessId);
  await change(db, { ...call.who, businessId }, 'channel.disconnect', async (trx) => {
    if (!channel || !(await deleteChannel(trx, businessId, channel)))
      throw new AppError(
        'CHANNEL_NOT_FOUND',
        404,
        'The business has no account of its own on this channel.',
      );
    return { subject: `channel ${channel}`, result: undefined };
  });
}

const isLinkedPhone = (one: { channel: string; accountId: string }): boolean =>
  one.channel === 'whatsapp' && isWhatsAppWeb(one.accountId);

const isByTwilio = ({ principal }: { principal: string }): boolean => principal.startsWith('AC');

/** None for a linked phone: nothing comes by HTTP. */
function webhookUrl(
  publicUrl: string,
  one: { channel: string; accountId: string; principal: string },
): string | null {
  if (isLinkedPhone(one)) return null;
  if (isByTwilio(one)) return `${publicUrl}/webhooks/twilio`;
  return `${publicUrl}/webhooks/${one.channel === 'whatsapp' ? 'whatsapp' : 'messenger'}`;
}

const fromDatabase = (
  row: ChannelRow,
  inUse: Account | undefined,
  publicUrl: string,
): z.input<typeof channelSchema> => ({
  channel: row.channel,
  driver: row.driver || null,
  account_id: row.accountId,
  principal: row.principal || null,
  app_id: row.appId,
  source: 'database',
  secret: MASK,
  access_token: MASK,
  verify_token: row.sealedVerifyToken && MASK,
  webhook_url: webhookUrl(publicUrl, row),
  is_working: inUse?.isStored === true && inUse.businessId === row.businessId,
  updated_at: iso(row.updatedAt),
});

function driverOf(account: Account): string {
  if (isLinkedPhone(account)) return 'web';
  return isByTwilio(account) ? 'twilio' : 'cloud';
}

const fromEnvironment = (account: Account, publicUrl: string): z.input<typeof channelSchema> => ({
  channel: account.channel,
  driver: account.channel === 'whatsapp' ? driverOf(account) : null,
  account_id: account.accountId,
  principal: account.principal || null,
  app_id: account.appId ?? null,
  source: 'environment',
  secret: MASK,
  access_token: MASK,
  verify_token: account.verifyToken === undefined ? null : MASK,
  webhook_url: webhookUrl(publicUrl, account),
  is_working: true,
  updated_at: null,
});
