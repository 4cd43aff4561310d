import { splitText, truncate } from '../../lib/text';
import type { RenderedMessage } from '../channel';
import { optionsOf, type Card, type Choice, type Reply } from '../reply';

/** Limits of the Send API (developers.facebook.com/docs/messenger-platform, read March to June 2026). */
export const LIMITS = {
  text: 1999,
  quickReplies: 13,
  quickReplyTitle: 20,
  payload: 1000,
  cards: 10,
  cardTitle: 80,
  cardSubtitle: 80,
  buttons: 3,
  buttonTitle: 20,
} as const;

/** A reply as Messenger shows it: text, pictures in a carousel, choices as quick replies under the last message. */
export function renderMessenger(reply: Reply): RenderedMessage[] {
  const choices = reply.choices ?? [];
  const cards = chunk(reply.cards ?? [], LIMITS.cards);
  const text = needsNumbers(reply, choices) ? withNumbers(reply) : reply.text;
  const messages: RenderedMessage[] = [
    ...(reply.imageUrl ? [image(reply.imageUrl)] : []),
    ...splitText(text, LIMITS.text)
      .filter((part) => part.trim() !== '')
      .map((part) => ({
        payload: { messaging_type: 'RESPONSE', message: { text: part } },
        display: part,
      })),
    ...cards.map(carousel),
  ];
  return attachQuickReplies(messages, choices.slice(0, LIMITS.quickReplies));
}

/** Quick replies hang on a message and are at most thirteen: otherwise the text counts them, so that a number can answer. */
function needsNumbers({ text, imageUrl, cards = [] }: Reply, choices: Choice[]): boolean {
  const isBare = text.trim() === '' && !imageUrl && cards.length === 0;
  return choices.length > LIMITS.quickReplies || (isBare && choices.length > 0);
}

export function withNumbers(reply: Reply): string {
  const offset = optionsOf({ ...reply, choices: [] }).length;
  const lines = optionsOf(reply)
    .slice(offset)
    .map((choice, index) => `${offset + index + 1}. ${choice.title}`);
  return [reply.text, ...lines].filter((line) => line !== '').join('\n');
}

function image(url: string): RenderedMessage {
  const message = { attachment: { type: 'image', payload: { url, is_reusable: true } } };
  return { payload: { messaging_type: 'RESPONSE', message }, display: '[picture]' };
}

export function carousel(cards: Card[]): RenderedMessage {
  const message = {
    attachment: {
      type: 'template',
      payload: {
        template_type: 'generic',
        image_aspect_ratio: 'square',
        elements: cards.map(element),
      },
    },
  };
  const display = cards
    .map((card) => [card.title, card.subtitle].filter(Boolean).join(': '))
    .join('\n');
  return { payload: { messaging_type: 'RESPONSE', message }, display };
}

function element(card: Card): Record<string, unknown> {
  const buttons = card.choices.slice(0, LIMITS.buttons).map((choice) => ({
    type: 'postback',
    title: truncate(choice.title, LIMITS.buttonTitle),
    payload: choice.value.slice(0, LIMITS.payload),
  }));
  return {
    title: truncate(card.title, LIMITS.cardTitle),
    // An element needs one property besides its title.
    subtitle: truncate(card.subtitle || ' ', LIMITS.cardSubtitle),
    ...(card.imageUrl ? { image_url: card.imageUrl } : {}),
    ...(buttons.length > 0 ? { buttons } : {}),
  };
}

export function attachQuickReplies(
  messages: RenderedMessage[],
  choices: Choice[],
): RenderedMessage[] {
  const last = messages.at(-1);
  if (!last || choices.length === 0) return messages;
  const message = last.payload.message as Record<string, unknown>;
  message.quick_replies = choices.map((choice) => ({
    content_type: 'text',
    title: truncate(choice.title, LIMITS.quickReplyTitle),
    payload: choice.value.slice(0, LIMITS.payload),
  }));
  return messages;
}

export function chunk<T>(items: T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return chunks;
}
