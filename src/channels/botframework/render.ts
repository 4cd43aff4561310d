import { splitText, truncate } from '../../lib/text';
import type { RenderedMessage } from '../channel';
import { chunk, withNumbers } from '../messenger/render';
import { optionsOf, type Card, type Choice, type Reply } from '../reply';

/** What the narrowest of its channels show (Bot Framework channels reference); the protocol itself allows more. */
export const LIMITS = {
  text: 2000,
  cards: 10,
  cardTitle: 80,
  cardSubtitle: 80,
  cardButtons: 3,
  suggestedActions: 10,
  buttonTitle: 20,
} as const;

/** A reply as an activity: text, a carousel of hero cards, choices as suggested actions under the last message. */
export function renderBotFramework(reply: Reply): RenderedMessage[] {
  const choices = reply.choices ?? [];
  const text = choices.length > LIMITS.suggestedActions ? withNumbers(reply) : reply.text;
  const messages: RenderedMessage[] = [
    ...(reply.imageUrl ? [picture(reply.imageUrl)] : []),
    ...splitText(text, LIMITS.text)
      .filter((part) => part.trim() !== '')
      .map((part) => ({ payload: { text: part }, display: part })),
    ...chunk(reply.cards ?? [], LIMITS.cards).map(carousel),
  ];
  // Suggested actions hang on a message.
  if (messages.length === 0 && choices.length > 0) {
    const words = optionsOf(reply).map(({ title }) => title).join(', '); // prettier-ignore
    messages.push({ payload: { text: truncate(words, LIMITS.text) }, display: words });
  }
  const last = messages.at(-1);
  if (last && choices.length > 0)
    last.payload.suggestedActions = {
      actions: choices.slice(0, LIMITS.suggestedActions).map(action),
    };
  return messages;
}

const picture = (url: string): RenderedMessage => ({
  payload: { attachments: [{ contentType: imageType(url), contentUrl: url }] },
  display: '[picture]',
});

/** Channels want to know; it is a hint only. */
const imageType = (url: string): string =>
  /\.jpe?g(\?|$)/i.test(url) ? 'image/jpeg' : /\.gif(\?|$)/i.test(url) ? 'image/gif' : 'image/png';

function carousel(cards: Card[]): RenderedMessage {
  const attachments = cards.map(({ title, subtitle, imageUrl, choices }) => ({
    contentType: 'application/vnd.microsoft.card.hero',
    content: {
      title: truncate(title, LIMITS.cardTitle),
      ...(subtitle ? { subtitle: truncate(subtitle, LIMITS.cardSubtitle) } : {}),
      ...(imageUrl ? { images: [{ url: imageUrl }] } : {}),
      ...(choices.length > 0 ? { buttons: choices.slice(0, LIMITS.cardButtons).map(action) } : {}),
    },
  }));
  const display = cards
    .map((card) => [card.title, card.subtitle].filter(Boolean).join(': '))
    .join('\n');
  return { payload: { attachmentLayout: 'carousel', attachments }, display };
}

/** `postBack` is the one kind that every channel knows and that does not show our value to the person. */
const action = ({ title, value }: Choice): Record<string, unknown> => ({
  type: 'postBack',
  title: truncate(title, LIMITS.buttonTitle),
  value,
});
