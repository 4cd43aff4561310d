import { truncate } from '../../lib/text';
import type { RenderedMessage } from '../channel';
import { numberedText } from '../numbered-text';
import type { Reply } from '../reply';
import { mailHtml } from './html';

/** A line of a mail's head, as RFC 5322 (2.1.1) would like it. */
export const MAX_SUBJECT = 78;

/** A reply as one mail, in words and as a page. Without a subject of its own its first sentence has to do. */
export function renderMail(reply: Reply): RenderedMessage[] {
  const { cards = [] } = reply;
  const text = numberedText(reply).trim();
  const image = reply.imageUrl ?? (cards.length === 1 ? cards[0]?.imageUrl : undefined);
  const imageUrl = image !== undefined && /^https?:\/\//.test(image) ? image : undefined;
  if (text === '' && imageUrl === undefined) return [];
  const subject = subjectLine(reply.subject ?? firstSentence(text));
  const html = mailHtml({ subject, text, imageUrl });
  return [{ payload: { subject, text, html }, display: `${subject}\n\n${text}`.trim() }];
}

/** One line, whatever was in it. */
const subjectLine = (text: string): string =>
  truncate(text.replace(/\s+/g, ' ').trim(), MAX_SUBJECT);

const firstSentence = (text: string): string => /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
