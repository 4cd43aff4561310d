import { readConfig, type Config } from '../../src/config';

type Env = Record<string, string | undefined>;

const DATABASE_URL = 'mysql://tindera@127.0.0.1:3306/tindera';
const messenger: Env = {
  MESSENGER_VERIFY_TOKEN: 'verify',
  MESSENGER_APP_SECRET: 'app-secret',
  MESSENGER_PAGE_ID: '100000000000101',
  MESSENGER_PAGE_ACCESS_TOKEN: 'page-token',
};
const twilio: Env = {
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'auth-token',
  TWILIO_FROM: '+15005550006',
};
const production: Env = {
  NODE_ENV: 'production',
  DATABASE_URL,
  JWT_SECRET: 'j'.repeat(32),
  ENCRYPTION_KEY: 'ab'.repeat(32),
  ADMIN_API_KEY: 'k'.repeat(16),
  PUBLIC_URL: 'https://shop.example.com',
};

function configOf(env: Env): Config {
  const result = readConfig(env);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.config;
}

/** The names that the problems begin with. */
function problemsOf(env: Env): string[] {
  const result = readConfig(env);
  return result.ok ? [] : result.problems.map((problem) => problem.split(':')[0]!).sort();
}

describe('a development machine', () => {
  test('needs nothing but a database', () => {
    expect(configOf({ DATABASE_URL })).toMatchObject({
      isProduction: false,
      isTest: false,
      port: 3000,
      host: '0.0.0.0',
      publicUrl: 'http://localhost:3000',
      logLevel: 'info',
      databaseUrl: DATABASE_URL,
      role: 'all',
      adminApiKey: undefined,
      playground: true,
      demoData: true,
      migrateOnStart: true,
      messenger: undefined,
      graphApiUrl: 'https://graph.facebook.com',
      twilio: undefined,
      twilioApiUrl: 'https://api.twilio.com',
      ownerPhone: undefined,
    });
  });

  test('is told about npm start when the database is missing', () => {
    expect(readConfig({})).toEqual({
      ok: false,
      problems: [expect.stringMatching(/^DATABASE_URL: .*npm start/) as string],
    });
  });

  test('gets secrets of its own, other ones at each start', () => {
    const [one, other] = [configOf({ DATABASE_URL }), configOf({ DATABASE_URL })];
    expect(one.encryptionKey).toMatch(/^[0-9a-f]{64}$/);
    expect(one.jwtSecret.length).toBeGreaterThanOrEqual(32);
    expect(one.encryptionKey).not.toBe(other.encryptionKey);
    expect(one.jwtSecret).not.toBe(other.jwtSecret);
  });

  test('treats an empty value as one that is not set', () => {
    const names = [
      ...Object.keys({ ...messenger, ...twilio }),
      'PORT',
      'ROLE',
      'ENABLE_PLAYGROUND',
    ];
    const empty = Object.fromEntries(names.map((name) => [name, '']));
    expect(configOf({ DATABASE_URL, ...empty })).toMatchObject({
      port: 3000,
      role: 'all',
      playground: true,
      messenger: undefined,
      twilio: undefined,
    });
  });

  test('names its own address after its port', () => {
    expect(configOf({ DATABASE_URL, PORT: '8080' }).publicUrl).toBe('http://localhost:8080');
  });
});

describe('production', () => {
  test('starts with what it needs, without playground and demo data', () => {
    expect(configOf(production)).toMatchObject({
      isProduction: true,
      playground: false,
      demoData: false,
      publicUrl: 'https://shop.example.com',
      jwtSecret: production.JWT_SECRET,
      encryptionKey: production.ENCRYPTION_KEY,
    });
  });

  test('says everything that is missing at once', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).toEqual(
      ['DATABASE_URL', 'JWT_SECRET', 'ENCRYPTION_KEY', 'ADMIN_API_KEY', 'PUBLIC_URL'].sort(),
    );
  });

  test.each(Object.keys(production).filter((name) => name !== 'NODE_ENV'))(
    'does not start without %s',
    (name) => {
      expect(problemsOf({ ...production, [name]: undefined })).toEqual([name]);
      expect(problemsOf({ ...production, [name]: '' })).toEqual([name]);
    },
  );

  test('has a playground when it asks for one', () => {
    expect(configOf({ ...production, ENABLE_PLAYGROUND: 'true' }).playground).toBe(true);
  });
});

describe('e-mail and the browser of WhatsApp', () => {
  test('are on when they are asked for', () => {
    const env = { SMTP_URL: 'smtps://mail.example', MAIL_FROM: 'Shop <orders@shop.example>' };
    expect(configOf({ DATABASE_URL, ...env, WHATSAPP_DRIVER: 'web' })).toMatchObject({
      smtp: { url: 'smtps://mail.example', from: 'Shop <orders@shop.example>' },
      whatsappWeb: { sessionPath: '.data/whatsapp', browserPath: undefined },
    });
    expect(configOf({ DATABASE_URL })).toMatchObject({ smtp: undefined, whatsappWeb: undefined });
  });

  test('are told when only half of them is there, or the sender would make a head of its own', () => {
    expect(problemsOf({ DATABASE_URL, SMTP_URL: 'smtp://mail.example' })).toEqual(['MAIL_FROM']);
    const url = { DATABASE_URL, SMTP_URL: 'smtp://mail.example' };
    for (const MAIL_FROM of ['Shop', 'a@b.c\nBcc: d@e.f', 'Shop <a@b.c>\r\nBcc: d@e.f', '<@>'])
      expect(problemsOf({ ...url, MAIL_FROM })).toEqual(['MAIL_FROM']);
    expect(problemsOf({ DATABASE_URL, SMTP_URL: 'http://mail', MAIL_FROM: 'a@b.c' })).toEqual([
      'SMTP_URL',
    ]);
  });
});

describe('credentials', () => {
  test('turn a channel on when they are complete', () => {
    expect(configOf({ DATABASE_URL, ...messenger, ...twilio })).toMatchObject({
      messenger: {
        verifyToken: 'verify',
        appSecret: 'app-secret',
        pageId: '100000000000101',
        pageAccessToken: 'page-token',
      },
      twilio: {
        accountSid: twilio.TWILIO_ACCOUNT_SID,
        authToken: 'auth-token',
        from: '+15005550006',
      },
    });
  });

  test.each([
    ...Object.keys(messenger).map((name) => [name, messenger] as const),
    ...Object.keys(twilio).map((name) => [name, twilio] as const),
  ])('that lack %s are a problem, named after it', (name, all) => {
    expect(problemsOf({ DATABASE_URL, ...all, [name]: undefined })).toEqual([name]);
  });

  test('of which only one is there name all the others', () => {
    expect(problemsOf({ DATABASE_URL, MESSENGER_PAGE_ID: '1' })).toEqual([
      'MESSENGER_APP_SECRET',
      'MESSENGER_PAGE_ACCESS_TOKEN',
      'MESSENGER_VERIFY_TOKEN',
    ]);
  });
});

describe('problems', () => {
  test.each([
    ['NODE_ENV', 'staging'],
    ['PORT', 'web'],
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PUBLIC_URL', 'shop.example.com'],
    ['PUBLIC_URL', 'ftp://shop.example.com'],
    ['LOG_LEVEL', 'loud'],
    ['DATABASE_URL', 'postgres://127.0.0.1/tindera'],
    ['DATABASE_URL', 'not a url'],
    ['DATABASE_POOL_SIZE', '1'],
    ['ROLE', 'cook'],
    ['JWT_SECRET', 'short'],
    ['ENCRYPTION_KEY', 'g'.repeat(64)],
    ['ENCRYPTION_KEY', 'a'.repeat(63)],
    ['ADMIN_API_KEY', 'short'],
    ['ENABLE_PLAYGROUND', 'yes'],
    ['GRAPH_API_VERSION', '25'],
    ['OWNER_PHONE', '09171234567'],
  ])('%s=%s is one', (name, value) => {
    expect(problemsOf({ DATABASE_URL, [name]: value })).toEqual([name]);
  });

  test.each([
    ['TWILIO_ACCOUNT_SID', 'SK123'],
    ['TWILIO_FROM', '5005550006'],
  ])('%s=%s is one', (name, value) => {
    expect(problemsOf({ DATABASE_URL, ...twilio, [name]: value })).toEqual([name]);
  });

  test('are told all at once, wrong, missing and half-set ones', () => {
    const env = {
      NODE_ENV: 'production',
      PORT: 'web',
      ROLE: 'cook',
      JWT_SECRET: 'short',
      ENCRYPTION_KEY: production.ENCRYPTION_KEY,
      ADMIN_API_KEY: production.ADMIN_API_KEY,
      PUBLIC_URL: production.PUBLIC_URL,
      TWILIO_FROM: '+15005550006',
    };
    expect(problemsOf(env)).toEqual(
      [
        'PORT',
        'ROLE',
        'JWT_SECRET',
        'DATABASE_URL',
        'TWILIO_ACCOUNT_SID',
        'TWILIO_AUTH_TOKEN',
      ].sort(),
    );
  });

  test('never repeat a secret', () => {
    const secrets = ['hunter2', 'opensesame', 'zzz-not-hex', 'letmein'];
    const [JWT_SECRET, ADMIN_API_KEY, ENCRYPTION_KEY, TWILIO_AUTH_TOKEN] = secrets;
    const result = readConfig({ JWT_SECRET, ADMIN_API_KEY, ENCRYPTION_KEY, TWILIO_AUTH_TOKEN });
    expect(result.ok).toBe(false);
    for (const secret of secrets) expect(JSON.stringify(result)).not.toContain(secret);
  });
});

test.each([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])('a switch that says %s is %s', (text, isOn) => {
  const { playground, demoData, migrateOnStart } = configOf({
    DATABASE_URL,
    ENABLE_PLAYGROUND: text,
    ENABLE_DEMO_DATA: text,
    MIGRATE_ON_START: text,
  });
  expect([playground, demoData, migrateOnStart]).toEqual([isOn, isOn, isOn]);
});

test('addresses lose the slash at their end, since paths are put behind them', () => {
  const env = {
    DATABASE_URL,
    PUBLIC_URL: 'https://a.example//',
    GRAPH_API_URL: 'http://b.example/',
  };
  expect(configOf(env)).toMatchObject({
    publicUrl: 'https://a.example',
    graphApiUrl: 'http://b.example',
  });
});
