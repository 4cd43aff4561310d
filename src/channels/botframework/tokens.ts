import {
  AppCredentials,
  AuthenticationConfiguration,
  AuthenticationConstants,
  AuthenticationError,
  BotFrameworkAuthenticationFactory,
  PasswordServiceClientCredentialFactory,
  type AuthenticatorResult,
} from 'botframework-connector';
import { z } from 'zod';
import type { Account } from '../channel';
import { guardedRequest } from '../../lib/guarded-request';
import { SEND_TIMEOUT_MS } from '../http';
import type { BotFrameworkSettings } from './account';
import type { Activity } from './activity';

/** `refused`: not signed for us, or for another service. `unavailable`: the keys that it is checked with cannot be had now. */
export type Verdict = 'authentic' | 'refused' | 'unavailable';

/** Checks the token of an activity (Bot Connector authentication): signature, issuer, audience, endorsement, service address. */
export type VerifyActivity = (activity: Activity, authorization: string) => Promise<Verdict>;

/** The keys come in a moment, and are kept for a day. */
const KEYS_TIMEOUT_MS = 10_000;
/** A token has two or three kilobytes. */
const MAX_TOKEN_ANSWER = 64 * 1024;

/** The Bot Framework's own checks, as its library ships them; the addresses of its keys can be moved for tests (RUN-4). */
export function createVerifier(
  { appId, appPassword, tenantId }: BotFrameworkSettings,
  { loginUrl, keysUrl }: { loginUrl: string; keysUrl: string },
): VerifyActivity {
  const authentication = BotFrameworkAuthenticationFactory.create(
    '',
    true,
    `${loginUrl}/${tenantId}`,
    AuthenticationConstants.ToChannelFromBotOAuthScope,
    AuthenticationConstants.ToBotFromChannelTokenIssuer,
    AuthenticationConstants.OAuthUrl,
    `${keysUrl}/v1/.well-known/openidconfiguration`,
    `${loginUrl}/common/v2.0/.well-known/openid-configuration`,
    '',
    new PasswordServiceClientCredentialFactory(appId, appPassword, tenantId),
    new AuthenticationConfiguration(),
  );
  return async (activity, authorization) => {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<Verdict>((resolve) => {
      timer = setTimeout(() => resolve('unavailable'), KEYS_TIMEOUT_MS);
    });
    const verdict = authentication.authenticateRequest(activity as never, authorization).then(
      (): Verdict => 'authentic',
      (error: unknown) => verdictOf(error),
    );
    return Promise.race([verdict, tooLate]).finally(() => clearTimeout(timer));
  };
}

function verdictOf(error: unknown): Verdict {
  if (error instanceof AuthenticationError)
    return Number(error.statusCode) >= 500 ? 'unavailable' : 'refused';
  return (error as Error).name === 'FetchError' ? 'unavailable' : 'refused';
}

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
});

/** Our own token, by the client credentials grant (RFC 6749, 4.4); the library keeps it until it is about to expire. */
class BotCredentials extends AppCredentials {
  constructor(private readonly account: Account) {
    super(account.accountId, account.principal, AuthenticationConstants.ToChannelFromBotOAuthScope);
  }

  protected override async refreshToken(): Promise<AuthenticatorResult> {
    const { account, oAuthScope } = this;
    const url = `${account.apiUrl}/${encodeURIComponent(account.principal)}${AuthenticationConstants.ToChannelFromBotTokenEndpointPath}`;
    const answer = await guardedRequest({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: account.accountId,
        client_secret: account.token,
        scope: `${oAuthScope}/.default`,
      }).toString(),
      maxBytes: MAX_TOKEN_ANSWER,
      timeoutMs: SEND_TIMEOUT_MS,
      allowsLoopback: account.allowsLoopback ?? false,
    });
    if (!answer.ok) throw new NoToken(0);
    const token = tokenAnswer.safeParse(JSON.parse(answer.body.toString('utf8') || 'null'));
    if (!token.success) throw new NoToken(answer.status);
    const { access_token: accessToken, expires_in: seconds } = token.data;
    return { accessToken, expiresOn: new Date(Date.now() + seconds * 1000) };
  }
}

/** No token was given: by the status it is seen whether the password is wrong or the service is away. */
export class NoToken extends Error {
  constructor(readonly status: number) {
    super(`no token for the Bot Framework (${status})`);
  }
}

/** What we show the channel with each request; throws `NoToken`. */
export const botToken = (account: Account, isNew: boolean): Promise<string> =>
  new BotCredentials(account).getToken(isNew);
