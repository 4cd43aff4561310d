/**
 * What the bot says, before any channel's limits (CHN-7). The renderer of each channel turns it into what that channel can
 * show; whatever is shown can be answered by tapping it, by its number or by its text.
 */
export interface Choice {
  /** What the person reads and may type back. */
  title: string;
  /** What a tap sends: a command such as `ADD_TO_CART:SKU-1001`, meaningful on its own, however late it is tapped. */
  value: string;
}

export interface Card {
  title: string;
  subtitle?: string;
  imageUrl?: string;
  /** The first one is what the card's number stands for. */
  choices: Choice[];
}

export interface Reply {
  text: string;
  /** Of an e-mail; other channels have no place for it. */
  subject?: string;
  imageUrl?: string;
  cards?: Card[];
  choices?: Choice[];
}

/** The numbered options of a reply, in the order in which they are shown: a number for each card, then for each choice. */
export function optionsOf(reply: Reply): Choice[] {
  const cards = (reply.cards ?? []).flatMap((card) => {
    const [first] = card.choices;
    return first ? [{ title: card.title, value: first.value }] : [];
  });
  return [...cards, ...(reply.choices ?? [])];
}
