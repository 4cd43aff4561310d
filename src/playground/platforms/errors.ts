import type { PlatformName, PlatformResponse } from './platform';

/** Graph's error object; the HTTP status of a code is not documented, so ours is the usual one. */
export function graphError(
  code: number,
  message: string,
  {
    subcode,
    status = 400,
    isTransient,
  }: { subcode?: number; status?: number; isTransient?: boolean } = {},
): PlatformResponse {
  return {
    status,
    body: {
      error: {
        message,
        type: 'OAuthException',
        code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(isTransient ? { is_transient: true } : {}),
        fbtrace_id: 'AFixtureTraceId01',
      },
    },
  };
}

/** (#100): a parameter that breaks a documented limit. */
export const invalidParameter = (message: string): PlatformResponse =>
  graphError(100, `(#100) ${message}`);

export function twilioError(code: number, message: string, status = 400): PlatformResponse {
  return {
    status,
    body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
  };
}

/** Failures that a test can ask for by name; the bodies are those of test/fixtures/api_responses. */
export const PLATFORM_ERRORS = {
  messenger: {
    no_user: graphError(100, '(#100) No matching user found', { subcode: 2018001 }),
    window: graphError(
      10,
      '(#10) This message is sent outside of allowed window. Learn more about the new policy here: https://developers.facebook.com/docs/messenger-platform/policy-overview',
      { subcode: 2018278 },
    ),
    token: graphError(
      190,
      'Error validating access token: Session has expired on Wednesday, 14-Feb-18 18:00:00 PST. The current time is Thursday, 15-Feb-18 13:46:35 PST.',
      { subcode: 463 },
    ),
    transient: graphError(2, 'An unexpected error has occurred. Please retry your request later.', {
      status: 500,
      isTransient: true,
    }),
    unavailable: graphError(551, "(#551) This person isn't available right now.", {
      subcode: 1545041,
    }),
    rate_limit: graphError(613, '(#613) Calls to this api have exceeded the rate limit.'),
    person_rate_limit: graphError(613, '(#613) Calls to this api have exceeded the rate limit.', {
      subcode: 2018338,
    }),
    invalid_parameter: invalidParameter('Invalid parameter'),
    other_app_has_control: graphError(2018300, 'Another app is controlling this thread now.'),
  },
  instagram: {
    no_user: graphError(100, '(#100) No matching user found', { subcode: 2534014 }),
    window: graphError(10, '(#10) This message is sent outside of allowed window.', {
      subcode: 2534022,
    }),
    disabled: graphError(200, '(#200) The account owner has disabled access to direct messages', {
      subcode: 2534041,
    }),
    other_app_has_control: graphError(100, '(#100) The thread owner is another app', {
      subcode: 2534037,
    }),
    rate_limit: graphError(613, '(#613) Calls to this api have exceeded the rate limit.'),
  },
  whatsapp: {
    window: graphError(131047, '(#131047) Re-engagement message'),
    pair_rate: graphError(
      131056,
      '(#131056) (Business Account, Consumer Account) pair rate limit hit',
    ),
    throughput: graphError(130429, '(#130429) Rate limit hit'),
    template_missing: graphError(
      132001,
      '(#132001) Template name does not exist in the translation',
      {
        status: 404,
      },
    ),
    undeliverable: graphError(131026, '(#131026) Message undeliverable'),
    token: graphError(190, 'Error validating access token', { status: 401 }),
    transient: graphError(131000, '(#131000) Something went wrong', { status: 500 }),
  },
  sms: {
    too_many_requests: twilioError(20429, 'Too Many Requests', 429),
    invalid_to: twilioError(21211, "Invalid 'To' Phone Number: +1555"),
    unsubscribed: twilioError(21610, 'Attempt to send to unsubscribed recipient'),
    token: twilioError(20003, 'Authenticate', 401),
    whatsapp_window: twilioError(
      63016,
      'Failed to send freeform message because you are outside the allowed window.',
    ),
    region: twilioError(
      21408,
      "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
    ),
    queue_overflow: twilioError(30001, 'Queue overflow', 429),
    transient: twilioError(20500, 'An internal server error has occurred', 500),
  },
} as const satisfies Record<PlatformName, Record<string, PlatformResponse>>;

export type PlatformErrorName<P extends PlatformName = PlatformName> = {
  [Name in P]: keyof (typeof PLATFORM_ERRORS)[Name];
}[P];
