import { z } from 'zod';
import type { NewChannelAccount } from '../../businesses/set-channel-account';
import { out } from '../fields';

/** What is shown in the place of a secret. */
export const MASK = '********';

/** Printable and short enough for its column; a mask that was read here is no secret. */
const secret = z
  .string()
  .trim()
  .min(1)
  .max(1024)
  .regex(/^[\x21-\x7e]+$/, 'must be printable characters without spaces')
  .refine((text) => !/^\*+$/.test(text), 'is the mask, not the secret');
const id = (what: string) =>
  z
    .string()
    .trim()
    .regex(/^\d{1,40}$/, `must be the digits of ${what}`);
const number = z
  .string()
  .trim()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number like +639171234567');
const accountSid = z
  .string()
  .trim()
  .regex(/^AC[0-9a-fA-F]{32}$/, 'must be AC and 32 hexadecimal digits');

const appSecrets = {
  app_secret: secret.describe('What Meta signs the webhooks of your app with'),
  verify_token: secret.describe('The word that you enter at Meta for the webhook'),
  app_id: id('an app id').max(32).optional().describe('Your app at Meta, if you know it'),
};
const twilio = { number, account_sid: accountSid, auth_token: secret };

export const messengerBody = z.object({
  page_id: id('a page id'),
  page_access_token: secret,
  ...appSecrets,
});
export const instagramBody = z.object({
  account_id: id('an Instagram account id'),
  page_id: id('the page that it is linked to'),
  page_access_token: secret,
  ...appSecrets,
});
export const whatsappBody = z.discriminatedUnion('driver', [
  z.object({
    driver: z.literal('cloud'),
    phone_number_id: id('a phone number id'),
    access_token: secret,
    app_secret: appSecrets.app_secret,
    verify_token: appSecrets.verify_token,
  }),
  z.object({ driver: z.literal('twilio'), ...twilio }),
]);
export const smsBody = z.object(twilio);

export type ChannelAccount = Omit<NewChannelAccount, 'businessId'>;

export const fromMessenger = (body: z.output<typeof messengerBody>): ChannelAccount => ({
  channel: 'messenger',
  driver: '',
  accountId: body.page_id,
  principal: '',
  ...ofApp(body),
  token: body.page_access_token,
});

export const fromInstagram = (body: z.output<typeof instagramBody>): ChannelAccount => ({
  channel: 'instagram',
  driver: '',
  accountId: body.account_id,
  principal: body.page_id,
  ...ofApp(body),
  token: body.page_access_token,
});

export const fromWhatsApp = (body: z.output<typeof whatsappBody>): ChannelAccount =>
  body.driver === 'twilio'
    ? { ...ofTwilio(body), channel: 'whatsapp', driver: 'twilio' }
    : {
        channel: 'whatsapp',
        driver: 'cloud',
        accountId: body.phone_number_id,
        principal: '',
        ...ofApp(body),
        token: body.access_token,
      };

export const fromSms = (body: z.output<typeof smsBody>): ChannelAccount => ({
  ...ofTwilio(body),
  channel: 'sms',
  driver: '',
});

const ofApp = (body: { app_secret: string; verify_token: string; app_id?: string }) => ({
  appId: body.app_id ?? null,
  secret: body.app_secret,
  verifyToken: body.verify_token,
});

const ofTwilio = (body: z.output<typeof smsBody>) => ({
  accountId: body.number,
  principal: body.account_sid,
  appId: null,
  secret: body.auth_token,
  token: body.auth_token,
  verifyToken: null,
});

export const channelSchema = z
  .object({
    channel: out.text,
    driver: out.text.nullable().describe('How WhatsApp is reached'),
    account_id: out.text.describe('Page id, Instagram account id, phone number id or number'),
    principal: out.text.nullable().describe('The linked page, or the account SID of Twilio'),
    app_id: out.text.nullable(),
    source: z
      .enum(['environment', 'database'])
      .describe('Only those of the database can be changed'),
    secret: out.text.describe('Never shown'),
    access_token: out.text.describe('Never shown'),
    verify_token: out.text.nullable().describe('Never shown'),
    webhook_url: out.text.nullable().describe('What to enter at the platform'),
    is_working: z.boolean().describe('False: the secrets cannot be decrypted; send them again'),
    updated_at: out.instant.nullable(),
  })
  .meta({ id: 'Channel' });
