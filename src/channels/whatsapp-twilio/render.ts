import { splitText } from '../../lib/text';
import type { RenderedMessage } from '../channel';
import { numberedText } from '../numbered-text';
import type { Reply } from '../reply';

/** What Twilio takes in one message (21617 beyond). */
export const MAX_BODY = 1600;

/** Buttons and lists would need a template each at Twilio: choices are numbered, and a picture has the text under it. */
export function renderWhatsAppByTwilio(reply: Reply): RenderedMessage[] {
  const { cards = [] } = reply;
  const imageUrl = reply.imageUrl ?? (cards.length === 1 ? cards[0]?.imageUrl : undefined);
  const parts = splitText(numberedText(reply), MAX_BODY).filter((part) => part.trim() !== '');
  const [first, ...others] = parts;
  const withPicture = imageUrl
    ? [
        {
          payload: { ...(first ? { body: first } : {}), mediaUrl: imageUrl },
          display: first ?? '[picture]',
        },
      ]
    : first
      ? [{ payload: { body: first }, display: first }]
      : [];
  return [...withPicture, ...others.map((part) => ({ payload: { body: part }, display: part }))];
}
