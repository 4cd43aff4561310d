import { splitTextByBytes } from '../../lib/text';
import type { RenderedMessage } from '../channel';
import { attachQuickReplies, carousel, chunk, LIMITS, withNumbers } from '../messenger/render';
import type { Reply } from '../reply';

/** Instagram counts bytes, where Messenger counts characters. */
export const MAX_TEXT_BYTES = 1000;

/**
 * A reply as Instagram shows it: a picture, cards in a carousel, and the text last when there are choices, since quick
 * replies hang on a text there and vanish under anything that follows.
 */
export function renderInstagram(reply: Reply): RenderedMessage[] {
  const { imageUrl, cards = [], choices = [] } = reply;
  // Quick replies are not shown on a computer, and at most thirteen elsewhere: then the text counts them.
  const isBare = reply.text.trim() === '' && choices.length > 0;
  const text = isBare || choices.length > LIMITS.quickReplies ? withNumbers(reply) : reply.text;
  const texts = splitTextByBytes(text, MAX_TEXT_BYTES)
    .filter((part) => part.trim() !== '')
    .map((part) => ({
      payload: { messaging_type: 'RESPONSE', message: { text: part } },
      display: part,
    }));
  const carousels = chunk(cards, LIMITS.cards).map((some) => plain(carousel(some)));
  const pictures = imageUrl ? [picture(imageUrl)] : [];
  if (choices.length === 0) return [...pictures, ...texts, ...carousels];
  const answerable = attachQuickReplies(texts, choices.slice(0, LIMITS.quickReplies));
  return [...pictures, ...carousels, ...answerable];
}

function picture(url: string): RenderedMessage {
  const message = { attachment: { type: 'image', payload: { url } } };
  return { payload: { messaging_type: 'RESPONSE', message }, display: '[picture]' };
}

/** The shape of the pictures is Messenger's to choose only. */
function plain({ payload, display }: RenderedMessage): RenderedMessage {
  const { attachment } = payload.message as { attachment: { payload: Record<string, unknown> } };
  delete attachment.payload.image_aspect_ratio;
  return { payload, display };
}
