import { setTimeout as delay } from 'node:timers/promises';
import express, {
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from 'express';
import { graphError } from './errors';
import { addMedia } from './media';
import { handleMessengerCall, type Outcome } from './messenger';
import type { FakePlatformsOptions, PlatformName, PlatformResponse } from './platform';
import { handleTwilioCall } from './twilio';
import { handleWhatsAppCall } from './whatsapp';

/** More than any message within the limits needs. */
const BODY_LIMIT = '256kb';

/**
 * Messenger's and Twilio's APIs, as strict as the real ones about their documented limits: what the playground's phones
 * receive, and what the tests send to. `/graph` stands for graph.facebook.com, `/twilio` for api.twilio.com.
 */
export function createFakePlatforms(options: FakePlatformsOptions = {}): Router {
  const router = express.Router();
  const watch: RequestHandler = options.watch ?? ((_request, _response, next) => next());
  router.post(
    '/graph/:version/:page/messages',
    express.json({ limit: BODY_LIMIT }),
    watch,
    async (request: Request, response: Response) => {
      const { messaging_product: product } = (request.body ?? {}) as Record<string, unknown>;
      const handle = product === 'whatsapp' ? handleWhatsAppCall : handleMessengerCall;
      const outcome = handle(request, options);
      const platform = 'message' in outcome ? outcome.message.platform : 'messenger';
      await answer(response, platform, outcome, options);
    },
  );
  router.post(
    '/twilio/2010-04-01/Accounts/:sid/Messages.json',
    express.urlencoded({ extended: false, limit: BODY_LIMIT }),
    watch,
    async (request: Request, response: Response) => {
      await answer(response, 'sms', handleTwilioCall(request, options), options);
    },
  );
  addMedia(router, options);
  router.use('/graph', (request, response) => {
    reply(response, graphError(2500, `Unknown path components: ${request.path}`));
  });
  router.use('/twilio', (_request, response) => {
    reply(response, {
      status: 404,
      body: {
        code: 20404,
        message: 'The requested resource was not found',
        more_info: 'https://www.twilio.com/docs/errors/20404',
        status: 404,
      },
    });
  });
  router.use(malformedBody);
  return router;
}

async function answer(
  response: Response,
  platform: PlatformName,
  outcome: Outcome,
  options: FakePlatformsOptions,
): Promise<void> {
  const latencyMs = options.latencyMs?.(platform) ?? 0;
  if (latencyMs > 0) await delay(latencyMs);
  if ('answer' in outcome) return reply(response, outcome.answer);

  const programmed = options.respond?.(platform, outcome.message);
  if (programmed === 'hang') return;
  if (programmed === 'drop') return void response.socket?.destroy();
  if (typeof programmed === 'object') return reply(response, programmed);
  options.onMessage?.(platform, outcome.message);
  if (programmed === 'accept_then_drop') return void response.socket?.destroy();
  reply(response, outcome.success);
}

function reply(response: Response, { status, body, headers }: PlatformResponse): void {
  response
    .status(status)
    .set(headers ?? {})
    .json(body);
}

function malformedBody(
  error: unknown,
  _request: Request,
  response: Response,
  _next: NextFunction,
): void {
  const message = error instanceof Error ? error.message : String(error);
  reply(response, graphError(100, `(#100) ${message}`));
}
