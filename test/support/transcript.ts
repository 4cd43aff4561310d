import type { Reply } from '../../src/channels/reply';
import type { MessageEvent } from '../../src/channels/inbound';

/** One line of a transcript that makes something happen; what is between them is what the bot says. */
export type Line =
  | { kind: 'person'; name: string; act: Act; source: string }
  /** Something that happens in the shop meanwhile: `! price of SKU-1001 is 270`. */
  | { kind: 'world'; what: string; source: string }
  | { kind: 'comment'; source: string };

export type Act =
  | { kind: 'text'; text: string }
  /** A tap on the newest button of that title, or with a value that no button has now. */
  | { kind: 'tap'; title: string; card?: string; payload?: string; referral?: string }
  | { kind: 'event'; event: Partial<MessageEvent> };

export const CUSTOMER = 'customer';

/** Reads a transcript; what the bot says in it is left out, since it is compared as a whole. */
export function parseTranscript(text: string): { lines: Line[]; onlyOn?: string } {
  const lines = text.split('\n').flatMap((source): Line[] => {
    if (source.startsWith('# ')) return [{ kind: 'comment', source }];
    if (source.startsWith('! ')) return [{ kind: 'world', what: source.slice(2), source }];
    const [, name, said] = /^([a-z]*)> (.+)$/.exec(source) ?? [];
    if (said === undefined) return [];
    return [{ kind: 'person', name: name || CUSTOMER, act: actOf(said), source }];
  });
  const [, onlyOn] = /^# Only on ([a-z]+)/m.exec(text) ?? [];
  return { lines, onlyOn };
}

function actOf(said: string): Act {
  // [Title], [Card: Title], [Title](VALUE), [Title](VALUE) via poster-42
  const [, card, title, payload, referral] =
    /^\[(?:([^\]]+): )?([^\]]+)\](?:\(([^)]*)\))?(?: via (\S+))?$/.exec(said) ?? [];
  if (title !== undefined) return { kind: 'tap', title, card, payload, referral };
  const [, thing, rest = ''] = /^\((sticker|picture|link|location|cart) ?(.*)\)$/.exec(said) ?? [];
  return thing === undefined
    ? { kind: 'text', text: said }
    : { kind: 'event', event: eventOf(thing, rest) };
}

function eventOf(thing: string, rest: string): Partial<MessageEvent> {
  switch (thing) {
    case 'link':
      return { referral: rest };
    case 'location': {
      const [latitude, longitude] = rest.split(',').map(Number);
      return { attachments: [{ type: 'location', latitude, longitude }] };
    }
    case 'cart': {
      const cart = rest.split(', ').map((item) => {
        const [quantity, sku = ''] = item.split(' x ');
        return { sku, quantity: Number(quantity) };
      });
      return { cart };
    }
    default:
      return {
        attachments: [
          { type: thing === 'sticker' ? 'sticker' : 'image', url: 'https://cdn.example.com/a' },
        ],
      };
  }
}

/** What a person sees of a reply: its text, its cards, and its buttons in brackets. */
export function printReply({ text, imageUrl, cards = [], choices = [] }: Reply): string {
  const buttons = (of: { title: string }[]) => of.map(({ title }) => `[${title}]`).join(' ');
  return [
    ...(imageUrl ? ['(picture)'] : []),
    ...(text === '' ? [] : [text]),
    ...cards.map((card) =>
      `* ${[card.title, card.subtitle].filter(Boolean).join(' | ')} ${buttons(card.choices)}`.trimEnd(),
    ),
    ...(choices.length > 0 ? [buttons(choices)] : []),
  ].join('\n');
}

/** Between two messages of one answer. */
export const NEXT_MESSAGE = '\n--\n';

/** Orders are numbered by day, and the day is the one on which the test runs. */
export const maskDays = (text: string): string => text.replace(/ORD-\d{8}-/g, 'ORD-########-');
