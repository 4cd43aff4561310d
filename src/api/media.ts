import { z } from 'zod';
import { CHANNELS } from '../channels/inbound';
import type { CoreDeps } from '../db/core-deps';
import { readFile } from '../media/file-store';
import { findMedia, listMedia, type MediaRow } from '../media/media-list-store';
import { MEDIA_STATES, retryMedia } from '../media/media-store';
import { isShownInPage } from '../media/sniff-type';
import { AppError } from '../lib/errors';
import { idCursor, idField, iso, isoOrNull, listOf, out, pageOf, pageQuery } from './fields';
import { idIn, missing, resource, type Resource } from './resource';

const mediaSchema = z
  .object({
    id: out.id,
    conversation_id: out.id.nullable(),
    message_id: out.id.nullable().describe('The message that it came with'),
    channel: z.enum(CHANNELS),
    kind: out.text.describe('What the platform calls it: image, audio, video, file, sticker'),
    state: z.enum(MEDIA_STATES),
    content_type: out.text.nullable().describe('What its content shows it to be'),
    size_bytes: out.count.nullable(),
    sha256: out.text.nullable(),
    attempts: out.count,
    next_attempt_at: out.instant.nullable(),
    error_code: out.text
      .nullable()
      .describe('EXPIRED, TOO_LARGE, TYPE_NOT_ALLOWED, ADDRESS, or what the platform says'),
    error_message: out.text.nullable(),
    created_at: out.instant,
    fetched_at: out.instant.nullable(),
  })
  .meta({ id: 'Media' });

const notFound = missing('media');

/** `/api/media`: pictures and other files that customers have sent, and what became of those that could not be fetched. */
export function mediaApi({ db, clock }: Pick<CoreDeps, 'db' | 'clock'>): Resource {
  const api = resource('/api/media', 'Media');

  api.get(
    '/',
    {
      summary: 'List files that customers have sent, the latest first',
      query: z.object({
        state: z.enum(MEDIA_STATES).optional(),
        conversation_id: idField.optional(),
        ...pageQuery,
      }),
      answer: listOf(mediaSchema),
    },
    async ({ who, query }) => {
      const rows = await listMedia(db, who.businessId, {
        state: query.state,
        conversationId: query.conversation_id,
        before: idCursor(query.cursor),
        limit: query.limit + 1,
      });
      return pageOf(rows, query.limit, (row) => row.id, present);
    },
  );

  api.get(
    '/:id',
    {
      summary: 'The file itself',
      description:
        'Pictures are shown, everything else is saved; the content type is that of the content. 409 when it has not been fetched (yet): the list says why.',
      answer: z.string().meta({ format: 'binary' }),
      contentType: 'application/octet-stream',
      problems: { 404: ['MEDIA_NOT_FOUND'], 409: ['MEDIA_NOT_STORED'] },
    },
    async (call) => {
      const { res } = call;
      const media = await findMedia(db, call.who.businessId, idIn(call, notFound));
      if (!media) throw notFound();
      if (media.fileId === null || media.contentType === null)
        throw new AppError(
          'MEDIA_NOT_STORED',
          409,
          media.state === 'failed'
            ? `This file could not be fetched: ${media.errorCode}.`
            : 'This file has not been fetched yet. Try again in a moment.',
        );
      const isShown = isShownInPage(media.contentType);
      res.set({
        'content-type': media.contentType,
        'content-length': String(media.sizeBytes),
        // Somebody else's file: a browser shows it as what it is, runs nothing of it, and asks nobody for more.
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'content-disposition': `${isShown ? 'inline' : 'attachment'}; filename="media-${media.id}"`,
        'cache-control': 'private, max-age=3600',
      });
      for await (const chunk of readFile(db, media.fileId)) res.write(chunk);
      res.end();
    },
  );

  api.post(
    '/:id/retry',
    {
      summary: 'Try once more to fetch a file that was given up',
      answer: mediaSchema,
      isBodyOptional: true,
      problems: { 404: ['MEDIA_NOT_FOUND'], 409: ['MEDIA_NOT_FAILED'] },
    },
    async (call) => {
      const id = idIn(call, notFound);
      const { businessId } = call.who;
      const isDone = await retryMedia(db, businessId, id, clock.now());
      const media = await findMedia(db, businessId, id);
      if (!media) throw notFound();
      if (!isDone)
        throw new AppError(
          'MEDIA_NOT_FAILED',
          409,
          'Only a file that was given up is tried again.',
        );
      return present(media);
    },
  );
  return api;
}

const present = (media: MediaRow): z.input<typeof mediaSchema> => ({
  id: media.id,
  conversation_id: media.conversationId,
  message_id: media.inboxMessageId,
  channel: media.channel,
  kind: media.kind,
  state: media.state,
  content_type: media.contentType,
  size_bytes: media.sizeBytes,
  sha256: media.sha256,
  attempts: media.attempts,
  next_attempt_at: media.state === 'pending' ? iso(media.nextAttemptAt) : null,
  error_code: media.errorCode,
  error_message: media.lastError,
  created_at: iso(media.createdAt),
  fetched_at: isoOrNull(media.fetchedAt),
});
