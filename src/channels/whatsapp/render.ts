import { splitText, truncate } from '../../lib/text';
import type { RenderedMessage } from '../channel';
import { optionsOf, type Card, type Choice, type Reply } from '../reply';

/** Limits of the Cloud API (OpenAPI specification v23.0; the length of a text is not in it). */
export const LIMITS = {
  text: 4096,
  body: 1024,
  caption: 1024,
  buttons: 3,
  buttonId: 256,
  buttonTitle: 20,
  rows: 10,
  rowId: 200,
  rowTitle: 24,
  rowDescription: 72,
} as const;

/** Opens a list; the word is the same in every language that we speak. */
const OPEN_LIST = 'Menu';

interface Option extends Choice {
  description?: string;
}

/** A reply as WhatsApp shows it: up to three choices as buttons, up to ten as a list, more as a numbered text. */
export function renderWhatsApp(reply: Reply): RenderedMessage[] {
  const { cards = [], choices = [] } = reply;
  const [only] = cards.length === 1 ? cards : [];
  const imageUrl = reply.imageUrl ?? only?.imageUrl;
  const taps = tapsOf(reply, only);
  const shape = shapeOf(taps);
  const text = textOf(reply, shape !== 'buttons' || taps.some(isCut));
  if (shape === 'text' || choices.length + cards.length === 0) return plain(text, imageUrl);

  const parts = splitForBody(text);
  const body = parts.pop() ?? OPEN_LIST;
  // Only buttons can stand under a picture.
  const isHeader = imageUrl !== undefined && shape === 'buttons' && parts.length === 0;
  return [
    ...(imageUrl && !isHeader ? [image(imageUrl)] : []),
    ...parts.map(textMessage),
    shape === 'buttons' ? buttons(body, taps, isHeader ? imageUrl : undefined) : list(body, taps),
  ];
}

/** One card offers all that it has; of several, each its first choice, which its number stands for, too. */
function tapsOf(reply: Reply, only: Card | undefined): Option[] {
  if (only) return [...only.choices, ...(reply.choices ?? [])];
  const cards = (reply.cards ?? []).filter((card) => card.choices.length > 0);
  return optionsOf(reply).map((option, index) => ({
    ...option,
    description: cards[index]?.subtitle,
  }));
}

/** Ids must be whole, and different; titles of buttons, too. What cannot be tapped is answered by its number. */
function shapeOf(taps: Option[]): 'buttons' | 'list' | 'text' {
  const isDifferent = (values: string[]) => new Set(values).size === values.length;
  const longest = Math.max(0, ...taps.map(({ value }) => value.length));
  if (taps.length === 0 || taps.length > LIMITS.rows) return 'text';
  if (longest > LIMITS.rowId || !isDifferent(taps.map(({ value }) => value))) return 'text';
  if (taps.some(({ title, value }) => plainTitle(title) === '' || value.trim() === ''))
    return 'text';
  const titles = taps.map(({ title }) => truncate(plainTitle(title), LIMITS.buttonTitle));
  return taps.length <= LIMITS.buttons && isDifferent(titles) ? 'buttons' : 'list';
}

const isCut = ({ title }: Option): boolean => plainTitle(title).length > LIMITS.buttonTitle;

/** The words, the cards and, where taps do not show all of it, the numbers that answer. */
function textOf(reply: Reply, isCounted: boolean): string {
  const { cards = [], choices = [] } = reply;
  // "How many?" is answered by the number itself: the fourth choice must not be the number 5.
  const asksForNumber = choices.some(({ title }) => /^\d+$/.test(title));
  const answerable = cards.filter((card) => card.choices.length > 0);
  const others = cards.filter((card) => card.choices.length === 0).map(wordsOf);
  const isBare = reply.text.trim() === '' && cards.length === 0;
  const numbered = optionsOf(reply).map((option, index) => {
    const card = answerable[index];
    return `${index + 1}. ${card ? wordsOf(card) : option.title}`;
  });
  const named =
    isCounted || isBare ? (asksForNumber && !isBare ? [] : numbered) : answerable.map(wordsOf);
  return [reply.text, ...others, ...named].filter((line) => line.trim() !== '').join('\n');
}

const wordsOf = (card: Card): string => [card.title, card.subtitle].filter(Boolean).join(' - ');

function plain(text: string, imageUrl: string | undefined): RenderedMessage[] {
  if (imageUrl && text.trim() !== '' && text.length <= LIMITS.caption)
    return [image(imageUrl, text)];
  const parts = splitText(text, LIMITS.text).filter((part) => part.trim() !== '');
  return [...(imageUrl ? [image(imageUrl)] : []), ...parts.map(textMessage)];
}

/** Whole messages, and at the end what fits over the buttons. */
function splitForBody(text: string): string[] {
  const parts = splitText(text, LIMITS.text).filter((part) => part.trim() !== '');
  const last = parts.pop() ?? '';
  return [...parts, ...splitText(last, LIMITS.body).filter((part) => part.trim() !== '')];
}

const textMessage = (body: string): RenderedMessage => ({
  payload: { type: 'text', text: { body, preview_url: false } },
  display: body,
});

const image = (link: string, caption?: string): RenderedMessage => ({
  payload: { type: 'image', image: { link, ...(caption ? { caption } : {}) } },
  display: caption ?? '[picture]',
});

function buttons(body: string, taps: Option[], imageUrl: string | undefined): RenderedMessage {
  const interactive = {
    type: 'button',
    ...(imageUrl ? { header: { type: 'image', image: { link: imageUrl } } } : {}),
    body: { text: body },
    action: {
      buttons: taps.map(({ title, value }) => ({
        type: 'reply',
        reply: { id: value, title: truncate(plainTitle(title), LIMITS.buttonTitle) },
      })),
    },
  };
  return { payload: { type: 'interactive', interactive }, display: body };
}

function list(body: string, taps: Option[]): RenderedMessage {
  const rows = taps.map(({ title, value, description }) => ({
    id: value,
    title: truncate(plainTitle(title), LIMITS.rowTitle),
    ...(description?.trim() ? { description: truncate(description, LIMITS.rowDescription) } : {}),
  }));
  const action = { button: OPEN_LIST, sections: [{ rows }] };
  return {
    payload: { type: 'interactive', interactive: { type: 'list', body: { text: body }, action } },
    display: body,
  };
}

/** Titles are shown as they are: what would be formatting elsewhere is left out. */
const plainTitle = (title: string): string =>
  title
    .replace(/[*_~`\n]/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
