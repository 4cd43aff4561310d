import { createSign, generateKeyPairSync } from 'node:crypto';
import { startOddServer } from './odd-server';

/** The Bot Framework on a port: its connector, which shows answers to people, its tokens and its keys. */
export interface FakeConnector {
  url: string;
  /** What was shown, in its order. */
  shown: ShownActivity[];
  /** A token as a channel shows it to the bot. */
  channelToken(claims: {
    aud: string;
    serviceurl: string;
    iss?: string;
    exp?: number;
    kid?: string;
  }): string;
  /** The next calls of the connector are answered so. */
  failNext(status: number, times?: number): void;
  /** Tokens that were given out to bots. */
  tokensGiven: number;
  close(): Promise<void>;
}

export interface ShownActivity {
  conversationId: string;
  replyTo: string | undefined;
  authorization: string | undefined;
  activity: {
    type: string;
    text?: string;
    from: { id: string };
    recipient: { id: string };
    conversation: { id: string };
    suggestedActions?: { actions: ShownAction[] };
    attachments?: { contentType: string; content?: { title: string; buttons?: ShownAction[] } }[];
  };
}
export interface ShownAction {
  type: string;
  title: string;
  value: string;
}

const PATH = /^\/v3\/conversations\/([^/]+)\/activities(?:\/([^/]+))?$/;
const base64url = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/** `password` is what a bot's token costs; without it nobody needs one, as in the Emulator. */
export async function startFakeConnector(password?: string): Promise<FakeConnector> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig' };
  const shown: ShownActivity[] = [];
  const failures: number[] = [];
  let tokensGiven = 0;

  const server = await startOddServer((request, response) => {
    const { url = '', headers, body } = server.requests.at(-1)!;
    const say = (status: number, json: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    if (
      url.endsWith('/.well-known/openidconfiguration') ||
      url.endsWith('/.well-known/openid-configuration')
    )
      return say(200, { jwks_uri: `${server.url}/keys` });
    if (url === '/keys')
      return say(200, { keys: [{ ...jwk, endorsements: ['msteams', 'directline'] }] });
    if (url.endsWith('/oauth2/v2.0/token')) {
      const form = new URLSearchParams(body);
      if (form.get('client_secret') !== password) return say(401, { error: 'invalid_client' });
      tokensGiven += 1;
      return say(200, { access_token: `token-${tokensGiven}`, expires_in: 3600 });
    }
    const [, conversationId, replyTo] = PATH.exec(url) ?? [];
    if (request.method !== 'POST' || conversationId === undefined)
      return say(404, { error: { code: 'ServiceError', message: url } });
    const failure = failures.shift();
    if (failure !== undefined) return say(failure, { error: { code: `status_${failure}` } });
    if (password !== undefined && headers.authorization !== `Bearer token-${tokensGiven}`)
      return say(401, { error: { code: 'Unauthorized' } });
    const activity = JSON.parse(body) as ShownActivity['activity'];
    const problem = problemOf(activity, decodeURIComponent(conversationId));
    if (problem) return say(400, { error: { code: 'BadArgument', message: problem } });
    shown.push({
      conversationId: decodeURIComponent(conversationId),
      replyTo: replyTo && decodeURIComponent(replyTo),
      authorization: headers.authorization,
      activity,
    });
    say(200, { id: `shown-${shown.length}` });
  });

  return {
    url: server.url,
    shown,
    channelToken: ({ kid = 'key-1', ...claims }) => {
      const now = Math.floor(Date.now() / 1000);
      const payload = {
        iss: 'https://api.botframework.com',
        nbf: now - 60,
        exp: now + 600,
        ...claims,
      };
      const signed = `${base64url({ alg: 'RS256', typ: 'JWT', kid })}.${base64url(payload)}`;
      return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
    },
    failNext: (status, times = 1) => {
      for (let i = 0; i < times; i += 1) failures.push(status);
    },
    get tokensGiven() {
      return tokensGiven;
    },
    close: () => server.close(),
  };
}

/** What the connector's reference asks for, and what its channels would cut off. */
function problemOf(
  activity: ShownActivity['activity'],
  conversationId: string,
): string | undefined {
  if (activity.type !== 'message') return 'type';
  if (activity.conversation.id !== conversationId) return 'conversation.id';
  if (!activity.from?.id || !activity.recipient?.id) return 'from and recipient';
  if (!activity.text && !activity.attachments?.length) return 'nothing to show';
  const actions = [
    ...(activity.suggestedActions?.actions ?? []),
    ...(activity.attachments ?? []).flatMap(({ content }) => content?.buttons ?? []),
  ];
  const isWrong = ({ type, title, value }: ShownAction) =>
    !type || !title || title.length > 20 || !value;
  return actions.some(isWrong) ? 'an action' : undefined;
}
