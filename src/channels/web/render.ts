import { truncate } from '../../lib/text';
import type { RenderedMessage } from '../channel';
import type { Choice, Reply } from '../reply';

/** Nobody else limits us here; these keep one message within a screen or a few, and its row small. */
export const WEB_LIMITS = {
  text: 8000,
  cards: 30,
  cardTitle: 200,
  cardSubtitle: 400,
  choices: 60,
  choiceTitle: 120,
  /** What the widget may send back. */
  value: 1000,
} as const;

/** What the widget shows: all of it in one message, whose buttons can be tapped. Numbers typed back count in the same order. */
export interface WebMessage {
  text: string;
  image_url?: string;
  cards?: { title: string; subtitle?: string; image_url?: string; choices: Choice[] }[];
  choices?: Choice[];
}

export function renderWeb(reply: Reply): RenderedMessage[] {
  const cards = (reply.cards ?? []).slice(0, WEB_LIMITS.cards).map((card) => ({
    title: truncate(card.title, WEB_LIMITS.cardTitle),
    ...(card.subtitle ? { subtitle: truncate(card.subtitle, WEB_LIMITS.cardSubtitle) } : {}),
    ...(card.imageUrl ? { image_url: card.imageUrl } : {}),
    choices: choicesOf(card.choices),
  }));
  const choices = choicesOf(reply.choices ?? []);
  const message: WebMessage = {
    text: truncate(reply.text, WEB_LIMITS.text),
    ...(reply.imageUrl ? { image_url: reply.imageUrl } : {}),
    ...(cards.length > 0 ? { cards } : {}),
    ...(choices.length > 0 ? { choices } : {}),
  };
  const isEmpty = message.text.trim() === '' && Object.keys(message).length === 1;
  return isEmpty ? [] : [{ payload: { ...message }, display: displayOf(message) }];
}

/** A value cut short would mean something else: such a button is left out, and its number and text still answer. */
const choicesOf = (choices: readonly Choice[]): Choice[] =>
  choices
    .filter(({ value }) => value.length <= WEB_LIMITS.value)
    .slice(0, WEB_LIMITS.choices)
    .map(({ title, value }) => ({ title: truncate(title, WEB_LIMITS.choiceTitle), value }));

function displayOf({ text, cards = [], image_url: picture }: WebMessage): string {
  const lines = cards.map((card) => [card.title, card.subtitle].filter(Boolean).join(': '));
  return [picture ? '[picture]' : '', text, ...lines].filter((line) => line !== '').join('\n');
}
