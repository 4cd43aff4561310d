import { createHash } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import { graphError, twilioError } from './errors';
import type { FakePlatformsOptions, PlatformFile, PlatformResponse } from './platform';

/**
 * Where the platforms hand out what people have sent, as strict as they are about credentials: Messenger's address is open
 * and signed, WhatsApp's is told for an id and wants the token both times, Twilio's wants the account's credentials and sends
 * on to a store that refuses them.
 */
export function addMedia(router: Router, options: FakePlatformsOptions): void {
  router.get('/graph/:version/:media', (request, response) =>
    tellAddress(request, response, options),
  );
  router.get('/graph/lookaside/:version/:media', (request, response) => {
    if (!bearer(request))
      return answer(response, graphError(190, 'Invalid OAuth access token', { status: 401 }));
    hand(response, fileOf(request, options));
  });
  router.get('/cdn/:media', (request, response) => {
    if (request.header('authorization') !== undefined) return void response.status(400).end();
    hand(response, fileOf(request, options));
  });
  router.get(
    '/twilio/2010-04-01/Accounts/:sid/Messages/:message/Media/:media',
    (request, response) => {
      const isKnown = /^Basic .+$/.test(request.header('authorization') ?? '');
      if (!isKnown) return answer(response, twilioError(20003, 'Authenticate', 401));
      response.redirect(307, `${storeOf(request)}/cdn/${String(request.params.media)}`);
    },
  );
}

/** Cloud API: `GET /<media id>` with the token answers an address that holds for five minutes. */
function tellAddress(request: Request, response: Response, options: FakePlatformsOptions): void {
  const token = bearer(request);
  const { phone_number_id: given } = request.query;
  const number = typeof given === 'string' ? given : '';
  if (!token || !(options.isAuthorized?.('whatsapp', number, token) ?? true))
    return answer(response, graphError(190, 'Invalid OAuth access token', { status: 401 }));
  const file = fileOf(request, options);
  const id = String(request.params.media);
  if (!file) return answer(response, graphError(100, `Unsupported get request. Object with ID '${id}' does not exist`, { subcode: 33 })); // prettier-ignore
  response.json({
    messaging_product: 'whatsapp',
    url: `${originOf(request)}/graph/lookaside/v1/${id}`,
    mime_type: file.contentType,
    sha256: createHash('sha256').update(file.bytes).digest('hex'),
    file_size: file.bytes.length,
    id,
  });
}

const bearer = (request: Request): string =>
  /^Bearer (.+)$/.exec(request.header('authorization') ?? '')?.[1] ?? '';

const fileOf = (request: Request, { media }: FakePlatformsOptions): PlatformFile | undefined =>
  media?.(String(request.params.media));

/** Where the platforms are, as the caller sees it. */
const originOf = (request: Request): string =>
  `${request.protocol}://${request.get('host')}${request.baseUrl}`;

/** The store is another server than Twilio's, by its name at least. */
const storeOf = (request: Request): string => originOf(request).replace('127.0.0.1', 'localhost');

function hand(response: Response, file: PlatformFile | undefined): void {
  if (file) response.type(file.contentType).send(file.bytes);
  else response.status(404).end();
}

const answer = (response: Response, { status, body }: PlatformResponse): void =>
  void response.status(status).json(body);
