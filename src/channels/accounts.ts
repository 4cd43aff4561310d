import { createHmac } from 'node:crypto';
import type { Config } from '../config';
import type { Account } from './channel';
import type { ChannelName } from './inbound';
import { mailAccount, PLAYGROUND_MAIL_FROM } from './email/account';
import { botFrameworkAccount } from './botframework/account';
import { findWebAccount, webAccount } from './web/account';
import { whatsAppWebAccount } from './whatsapp-web/account';

/** Our accounts on the platforms: the environment's, which are the first business's (RUN-6), and those that businesses keep here. */
export interface Accounts {
  readonly all: readonly Account[];
  /** The account that an inbound message names, or undefined. */
  find(channel: ChannelName, accountId: string): Account | undefined;
  /** The same, after a look whether it has been added just now, on another instance. */
  lookUp(channel: ChannelName, accountId: string): Promise<Account | undefined>;
  /** The account that a business sends from: its real one, else (outside production) the playground's (RUN-5). */
  sender(channel: ChannelName, businessId: number): Account | undefined;
  /** Sees what other instances have changed, as of a second ago at most; at once with `now`. */
  freshen(when?: 'now'): Promise<void>;
}

/** The playground's ids look like the platforms' own, so that nothing on the way treats them differently. */
export const PLAYGROUND_PAGE_ID = '100000000000999';
export const PLAYGROUND_NUMBER = '+15005550999';
export const PLAYGROUND_TWILIO_SID = 'AC00000000000000000000000000000999';
/** Where the owner's SMS go when OWNER_PHONE is not set: the third phone of the playground. */
export const PLAYGROUND_OWNER_PHONE = '+639170000000';

/** The accounts that no business keeps here: they stay what they are while the process runs. */
export function createAccounts(config: Config, businessId: number): Accounts {
  const found = lookupOf(deploymentAccounts(config, businessId));
  return {
    ...found,
    lookUp: (channel, accountId) => Promise.resolve(found.find(channel, accountId)),
    freshen: () => Promise.resolve(),
  };
}

/** What belongs to the deployment: the environment's accounts before the playground's. */
export const deploymentAccounts = (config: Config, businessId: number): Account[] => [
  ...fromEnvironment(config, businessId).map((account) => granted(account, config)),
  ...forPlayground(config, businessId),
];

function granted(account: Account, { perSecond }: Config): Account {
  const { page, whatsapp, sms } = perSecond;
  const all: Partial<Record<ChannelName, number>> = {
    messenger: page,
    instagram: page,
    whatsapp,
    sms,
  };
  return { ...account, perSecond: all[account.channel] };
}

/** Looks accounts up by their own id, and by whose they are; of several the first counts. */
export function lookupOf(all: readonly Account[]): Pick<Accounts, 'all' | 'find' | 'sender'> {
  const byId = new Map<string, Account>();
  const byBusiness = new Map<string, Account>();
  for (const account of [...all].reverse()) {
    byId.set(`${account.channel}:${account.accountId}`, account);
    byBusiness.set(`${account.channel}:${account.businessId}`, account);
  }
  return {
    all,
    find: (channel, accountId) =>
      channel === 'web' ? findWebAccount(accountId) : byId.get(`${channel}:${accountId}`),
    sender: (channel, businessId) =>
      channel === 'web' ? webAccount(businessId) : byBusiness.get(`${channel}:${businessId}`),
  };
}

function fromEnvironment(config: Config, businessId: number): Account[] {
  const { messenger, instagram, whatsapp, twilio } = config;
  const accounts: Account[] = [];
  if (messenger) {
    accounts.push({
      channel: 'messenger',
      accountId: messenger.pageId,
      businessId,
      secret: messenger.appSecret,
      token: messenger.pageAccessToken,
      principal: '',
      verifyToken: messenger.verifyToken,
      appId: messenger.appId,
      apiUrl: `${config.graphApiUrl}/${config.graphApiVersion}`,
      isPlayground: false,
    });
  }
  if (messenger && instagram) {
    accounts.push({
      channel: 'instagram',
      accountId: instagram.accountId,
      businessId,
      secret: messenger.appSecret,
      token: messenger.pageAccessToken,
      principal: messenger.pageId,
      verifyToken: messenger.verifyToken,
      appId: messenger.appId,
      apiUrl: `${config.graphApiUrl}/${config.graphApiVersion}`,
      isPlayground: false,
    });
  }
  if (whatsapp) {
    accounts.push({
      channel: 'whatsapp',
      accountId: whatsapp.phoneNumberId,
      businessId,
      secret: whatsapp.appSecret,
      token: whatsapp.accessToken,
      principal: '',
      verifyToken: whatsapp.verifyToken,
      apiUrl: `${config.graphApiUrl}/${config.graphApiVersion}`,
      isPlayground: false,
    });
  }
  if (twilio) {
    accounts.push({
      channel: 'sms',
      accountId: twilio.from,
      businessId,
      secret: twilio.authToken,
      token: twilio.authToken,
      principal: twilio.accountSid,
      apiUrl: config.twilioApiUrl,
      statusUrl: twilioStatusUrl(config.publicUrl),
      isPlayground: false,
    });
  }
  if (twilio && config.isWhatsAppByTwilio) {
    accounts.push({
      channel: 'whatsapp',
      accountId: twilio.from,
      businessId,
      secret: twilio.authToken,
      token: twilio.authToken,
      principal: twilio.accountSid,
      apiUrl: config.twilioApiUrl,
      statusUrl: twilioStatusUrl(config.publicUrl),
      isPlayground: false,
    });
  }
  if (config.whatsappWeb) accounts.push(whatsAppWebAccount(businessId));
  if (config.smtp) {
    const secret = createHmac('sha256', config.encryptionKey).update('mail').digest('hex');
    accounts.push(mailAccount({ ...config.smtp, secret, businessId, isPlayground: false }));
  }
  // Without an app id: the Emulator on the machine of whoever develops.
  if (config.botFramework || !config.isProduction)
    accounts.push(
      botFrameworkAccount(config.botFramework, businessId, {
        loginUrl: config.botFrameworkUrls.loginUrl,
        isProduction: config.isProduction,
      }),
    );
  return accounts;
}

/** Twilio refuses a call-back address that it cannot reach. */
export function twilioStatusUrl(publicUrl: string): string | undefined {
  const { hostname } = new URL(publicUrl);
  const isLocal = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  return isLocal ? undefined : `${publicUrl}/webhooks/twilio/status`;
}

function forPlayground(config: Config, businessId: number): Account[] {
  if (!config.playground) return [];
  const secret = (purpose: string) =>
    createHmac('sha256', config.encryptionKey)
      .update(`playground ${purpose}`)
      .digest('hex')
      .slice(0, 32);
  const platforms = `http://127.0.0.1:${config.port}/playground/platforms`;
  return [
    {
      channel: 'messenger',
      accountId: PLAYGROUND_PAGE_ID,
      businessId,
      secret: secret('messenger'),
      token: secret('messenger token'),
      principal: '',
      apiUrl: `${platforms}/graph/v25.0`,
      isPlayground: true,
    },
    {
      channel: 'sms',
      accountId: PLAYGROUND_NUMBER,
      businessId,
      secret: secret('twilio'),
      token: secret('twilio'),
      principal: PLAYGROUND_TWILIO_SID,
      apiUrl: `${platforms}/twilio`,
      isPlayground: true,
    },
    mailAccount({
      from: PLAYGROUND_MAIL_FROM,
      url: '',
      secret: secret('mail'),
      businessId,
      isPlayground: true,
    }),
  ];
}
