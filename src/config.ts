import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** The empty string in an environment file means "not set". */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
/** The default is written as the environment would write it, and read by the same schema. */
const withDefault = <T extends z.ZodType>(schema: T, value: string) =>
  z.preprocess((given) => (given === '' || given === undefined ? value : given), schema);

const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  });
const httpUrl = url('http:', 'https:').transform((text) => text.replace(/\/+$/, ''));
const flag = z
  .enum(['true', 'false', '1', '0'])
  .transform((text) => text === 'true' || text === '1');
/** `Shop <orders@shop.example>` or an address alone; a line break would make a header of its own. */
const mailbox = z
  .string()
  .max(200)
  .regex(
    /^(?:[^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
    'must be an address like Shop <orders@shop.example>',
  );
/** What a platform has granted to an account. */
const perSecond = z.coerce.number().positive().max(100_000);
const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number like +639171234567');

/** Every variable that the product reads (RUN-4), by its name in the environment. */
const environment = z.object({
  NODE_ENV: withDefault(z.enum(['development', 'test', 'production']), 'development'),
  PORT: withDefault(z.coerce.number().int().min(0).max(65535), '3000'),
  HOST: withDefault(z.string().min(1), '0.0.0.0'),
  PUBLIC_URL: optional(httpUrl),
  LOG_LEVEL: withDefault(
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    'info',
  ),
  DATABASE_URL: optional(url('mysql:')),
  DATABASE_POOL_SIZE: withDefault(z.coerce.number().int().min(2).max(500), '20'),
  ROLE: withDefault(z.enum(['web', 'worker', 'scheduler', 'all']), 'all'),
  JWT_SECRET: optional(z.string().min(32, 'must have at least 32 characters')),
  ENCRYPTION_KEY: optional(z.string().regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hexadecimal digits')),
  ENCRYPTION_KEY_PREVIOUS: optional(
    z.string().regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hexadecimal digits'),
  ),
  ADMIN_API_KEY: optional(z.string().min(16, 'must have at least 16 characters')),
  ENABLE_PLAYGROUND: optional(flag),
  ENABLE_DEMO_DATA: optional(flag),
  MIGRATE_ON_START: withDefault(flag, 'true'),
  MESSENGER_VERIFY_TOKEN: optional(z.string().min(1)),
  MESSENGER_APP_SECRET: optional(z.string().min(1)),
  MESSENGER_APP_ID: optional(z.string().regex(/^\d{1,32}$/, 'must be the digits of an app id')),
  MESSENGER_PAGE_ID: optional(z.string().min(1).max(64)),
  MESSENGER_PAGE_ACCESS_TOKEN: optional(z.string().min(1)),
  MESSENGER_CALLS_PER_SECOND: optional(perSecond),
  INSTAGRAM_ACCOUNT_ID: optional(z.string().min(1).max(64)),
  GRAPH_API_URL: withDefault(httpUrl, 'https://graph.facebook.com'),
  GRAPH_API_VERSION: withDefault(z.string().regex(/^v\d+\.\d+$/, 'must look like v25.0'), 'v25.0'),
  WHATSAPP_DRIVER: optional(z.enum(['cloud', 'web', 'twilio'])),
  WHATSAPP_VERIFY_TOKEN: optional(z.string().min(1)),
  WHATSAPP_APP_SECRET: optional(z.string().min(1)),
  WHATSAPP_PHONE_NUMBER_ID: optional(z.string().min(1).max(64)),
  WHATSAPP_ACCESS_TOKEN: optional(z.string().min(1)),
  WHATSAPP_MESSAGES_PER_SECOND: optional(perSecond),
  WHATSAPP_SESSION_PATH: withDefault(z.string().min(1), '.data/whatsapp'),
  PUPPETEER_EXECUTABLE_PATH: optional(z.string().min(1)),
  TWILIO_ACCOUNT_SID: optional(
    z.string().regex(/^AC[0-9a-fA-F]{32}$/, 'must be AC and 32 hexadecimal digits'),
  ),
  TWILIO_AUTH_TOKEN: optional(z.string().min(1)),
  TWILIO_FROM: optional(e164),
  TWILIO_SEGMENTS_PER_SECOND: optional(perSecond),
  TWILIO_API_URL: withDefault(httpUrl, 'https://api.twilio.com'),
  MICROSOFT_APP_ID: optional(z.uuid('must be the app id of the bot, like 01234567-89ab-cdef-…')),
  MICROSOFT_APP_PASSWORD: optional(z.string().min(1)),
  MICROSOFT_APP_TENANT_ID: optional(z.string().regex(/^[\w.-]+$/)),
  MICROSOFT_LOGIN_API_URL: withDefault(httpUrl, 'https://login.microsoftonline.com'),
  BOT_FRAMEWORK_API_URL: withDefault(httpUrl, 'https://login.botframework.com'),
  OWNER_PHONE: optional(e164),
  SMTP_URL: optional(url('smtp:', 'smtps:')),
  MAIL_FROM: optional(mailbox),
  HIGH_VALUE_THRESHOLD: optional(z.coerce.number().positive().max(9_999_999_999)),
  FRAUD_SCORE_THRESHOLD: optional(z.coerce.number().min(1).max(100)),
});

/** The settings of a run, checked once at start; nothing else reads the environment. */
export interface Config {
  isProduction: boolean;
  isTest: boolean;
  port: number;
  host: string;
  publicUrl: string;
  logLevel: string;
  databaseUrl: string;
  databasePoolSize: number;
  role: 'web' | 'worker' | 'scheduler' | 'all';
  jwtSecret: string;
  encryptionKey: string;
  /** Without a key of its own the process makes one up, and what it would seal with it nobody could open again. */
  isEncryptionKeySet: boolean;
  /** The key before the last rotation: what it has sealed is opened, and sealed anew at the start. */
  previousEncryptionKey: string | undefined;
  adminApiKey: string | undefined;
  /** The chat playground is served and its phones are accounts. */
  playground: boolean;
  demoData: boolean;
  migrateOnStart: boolean;
  messenger:
    | {
        verifyToken: string;
        appSecret: string;
        appId: string | undefined;
        pageId: string;
        pageAccessToken: string;
      }
    | undefined;
  /** Sends and receives by the Messenger page that it is linked to. */
  instagram: { accountId: string } | undefined;
  graphApiUrl: string;
  graphApiVersion: string;
  /** The Cloud API. */
  whatsapp:
    | { verifyToken: string; appSecret: string; phoneNumberId: string; accessToken: string }
    | undefined;
  /** By whatsapp-web.js: where the login is kept, and the browser, if it is not simply the machine's. */
  whatsappWeb: { sessionPath: string; browserPath: string | undefined } | undefined;
  /** The number of TWILIO_FROM is a WhatsApp sender, too. */
  isWhatsAppByTwilio: boolean;
  twilio: { accountSid: string; authToken: string; from: string } | undefined;
  twilioApiUrl: string;
  /** Messages a second that the platforms have granted, where that is not what everybody gets. */
  perSecond: { page?: number; whatsapp?: number; sms?: number };
  /** The bot that the channels of the Bot Framework know (CHN-6). */
  botFramework: { appId: string; appPassword: string; tenantId: string } | undefined;
  /** Where our tokens come from, and the keys that theirs are signed with. */
  botFrameworkUrls: { loginUrl: string; keysUrl: string };
  ownerPhone: string | undefined;
  /** E-mail out. */
  smtp: { url: string; from: string } | undefined;
  /** What a business that says nothing of its own takes (ORD-7); the amount is in minor units. */
  riskDefaults: { highValueFrom: number | undefined; reviewFrom: number | undefined };
}

export type ConfigResult = { ok: true; config: Config } | { ok: false; problems: string[] };

/** Reads and checks the environment. All problems are reported at once, by variable name. */
export function readConfig(env: Record<string, string | undefined>): ConfigResult {
  const parsed = environment.safeParse(env);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`);
  const isProduction = env.NODE_ENV === 'production';
  problems.push(...missing(env, isProduction), ...halfSet(env));
  if (!parsed.success || problems.length > 0) return { ok: false, problems };

  const e = parsed.data;
  return {
    ok: true,
    config: {
      isProduction,
      isTest: e.NODE_ENV === 'test',
      port: e.PORT,
      host: e.HOST,
      publicUrl: e.PUBLIC_URL ?? `http://localhost:${e.PORT}`,
      logLevel: e.LOG_LEVEL,
      databaseUrl: e.DATABASE_URL ?? '',
      databasePoolSize: e.DATABASE_POOL_SIZE,
      role: e.ROLE,
      jwtSecret: e.JWT_SECRET ?? randomBytes(32).toString('hex'),
      encryptionKey: e.ENCRYPTION_KEY ?? randomBytes(32).toString('hex'),
      isEncryptionKeySet: e.ENCRYPTION_KEY !== undefined,
      previousEncryptionKey: e.ENCRYPTION_KEY_PREVIOUS,
      adminApiKey: e.ADMIN_API_KEY,
      playground: e.ENABLE_PLAYGROUND ?? !isProduction,
      demoData: e.ENABLE_DEMO_DATA ?? !isProduction,
      migrateOnStart: e.MIGRATE_ON_START,
      messenger:
        e.MESSENGER_VERIFY_TOKEN &&
        e.MESSENGER_APP_SECRET &&
        e.MESSENGER_PAGE_ID &&
        e.MESSENGER_PAGE_ACCESS_TOKEN
          ? {
              verifyToken: e.MESSENGER_VERIFY_TOKEN,
              appSecret: e.MESSENGER_APP_SECRET,
              appId: e.MESSENGER_APP_ID,
              pageId: e.MESSENGER_PAGE_ID,
              pageAccessToken: e.MESSENGER_PAGE_ACCESS_TOKEN,
            }
          : undefined,
      instagram: e.INSTAGRAM_ACCOUNT_ID ? { accountId: e.INSTAGRAM_ACCOUNT_ID } : undefined,
      graphApiUrl: e.GRAPH_API_URL,
      graphApiVersion: e.GRAPH_API_VERSION,
      isWhatsAppByTwilio: e.WHATSAPP_DRIVER === 'twilio',
      whatsappWeb:
        e.WHATSAPP_DRIVER === 'web'
          ? { sessionPath: e.WHATSAPP_SESSION_PATH, browserPath: e.PUPPETEER_EXECUTABLE_PATH }
          : undefined,
      whatsapp:
        (e.WHATSAPP_DRIVER ?? 'cloud') === 'cloud' &&
        e.WHATSAPP_VERIFY_TOKEN &&
        e.WHATSAPP_APP_SECRET &&
        e.WHATSAPP_PHONE_NUMBER_ID &&
        e.WHATSAPP_ACCESS_TOKEN
          ? {
              verifyToken: e.WHATSAPP_VERIFY_TOKEN,
              appSecret: e.WHATSAPP_APP_SECRET,
              phoneNumberId: e.WHATSAPP_PHONE_NUMBER_ID,
              accessToken: e.WHATSAPP_ACCESS_TOKEN,
            }
          : undefined,
      twilio:
        e.TWILIO_ACCOUNT_SID && e.TWILIO_AUTH_TOKEN && e.TWILIO_FROM
          ? {
              accountSid: e.TWILIO_ACCOUNT_SID,
              authToken: e.TWILIO_AUTH_TOKEN,
              from: e.TWILIO_FROM,
            }
          : undefined,
      twilioApiUrl: e.TWILIO_API_URL,
      perSecond: {
        page: e.MESSENGER_CALLS_PER_SECOND,
        whatsapp: e.WHATSAPP_MESSAGES_PER_SECOND,
        sms: e.TWILIO_SEGMENTS_PER_SECOND,
      },
      botFramework:
        e.MICROSOFT_APP_ID && e.MICROSOFT_APP_PASSWORD
          ? {
              appId: e.MICROSOFT_APP_ID,
              appPassword: e.MICROSOFT_APP_PASSWORD,
              tenantId: e.MICROSOFT_APP_TENANT_ID ?? 'botframework.com',
            }
          : undefined,
      botFrameworkUrls: { loginUrl: e.MICROSOFT_LOGIN_API_URL, keysUrl: e.BOT_FRAMEWORK_API_URL },
      ownerPhone: e.OWNER_PHONE,
      smtp: e.SMTP_URL && e.MAIL_FROM ? { url: e.SMTP_URL, from: e.MAIL_FROM } : undefined,
      riskDefaults: {
        highValueFrom:
          e.HIGH_VALUE_THRESHOLD === undefined
            ? undefined
            : Math.round(e.HIGH_VALUE_THRESHOLD * 100),
        reviewFrom: e.FRAUD_SCORE_THRESHOLD,
      },
    },
  };
}

const REQUIRED_IN_PRODUCTION = [
  'DATABASE_URL',
  'JWT_SECRET',
  'ENCRYPTION_KEY',
  'ADMIN_API_KEY',
  'PUBLIC_URL',
];

function missing(env: Record<string, string | undefined>, isProduction: boolean): string[] {
  const required = isProduction ? REQUIRED_IN_PRODUCTION : ['DATABASE_URL'];
  return required
    .filter((name) => !env[name])
    .map((name) =>
      isProduction
        ? `${name}: is required when NODE_ENV is production`
        : `${name}: is not set; "npm start" sets it for the database that it runs itself`,
    );
}

/** Credentials that only make sense together: none of them means that the channel is off (RUN-5). */
const TOGETHER = [
  [
    'MESSENGER_VERIFY_TOKEN',
    'MESSENGER_APP_SECRET',
    'MESSENGER_PAGE_ID',
    'MESSENGER_PAGE_ACCESS_TOKEN',
  ],
  [
    'WHATSAPP_VERIFY_TOKEN',
    'WHATSAPP_APP_SECRET',
    'WHATSAPP_PHONE_NUMBER_ID',
    'WHATSAPP_ACCESS_TOKEN',
  ],
  ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'],
  ['MICROSOFT_APP_ID', 'MICROSOFT_APP_PASSWORD'],
  ['SMTP_URL', 'MAIL_FROM'],
];

function halfSet(env: Record<string, string | undefined>): string[] {
  const problems = TOGETHER.flatMap((names) => {
    const absent = names.filter((name) => !env[name]);
    return absent.length === names.length
      ? []
      : absent.map(
          (name) => `${name}: is missing, while ${names.filter((n) => env[n]).join(', ')} is set`,
        );
  });
  if (env.WHATSAPP_DRIVER === 'twilio' && !env.TWILIO_ACCOUNT_SID)
    problems.push('WHATSAPP_DRIVER: twilio works only with the TWILIO_… settings');
  const needsPage = env.INSTAGRAM_ACCOUNT_ID && !env.MESSENGER_PAGE_ID;
  return needsPage
    ? [
        ...problems,
        'INSTAGRAM_ACCOUNT_ID: works only with the MESSENGER_… settings of the page that it is linked to',
      ]
    : problems;
}
