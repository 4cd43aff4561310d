import { splitText } from '../../lib/text';
import type { RenderedMessage } from '../channel';
import { numberedText } from '../numbered-text';
import type { Reply } from '../reply';

/** As much as a phone shows without "read more" being a nuisance; WhatsApp itself takes 65,536 characters. */
export const MAX_TEXT = 4_096;
/** What WhatsApp takes under a picture. */
export const MAX_CAPTION = 1_024;

/** Buttons and lists do not work in WhatsApp Web: choices are numbered, and a picture has the text under it. */
export function renderWhatsAppWeb(reply: Reply): RenderedMessage[] {
  const { cards = [] } = reply;
  const imageUrl = reply.imageUrl ?? (cards.length === 1 ? cards[0]?.imageUrl : undefined);
  const text = numberedText(reply);
  if (imageUrl === undefined) return textMessages(text);
  if (text.length > MAX_CAPTION)
    return [{ payload: { imageUrl }, display: '[picture]' }, ...textMessages(text)];
  const caption = text.trim() === '' ? undefined : text;
  return [{ payload: { imageUrl, text: caption }, display: caption ?? '[picture]' }];
}

const textMessages = (text: string): RenderedMessage[] =>
  splitText(text, MAX_TEXT)
    .filter((part) => part.trim() !== '')
    .map((part) => ({ payload: { text: part }, display: part }));
