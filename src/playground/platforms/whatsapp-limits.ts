import { graphError } from './errors';
import { isRecord, type PlatformResponse } from './platform';

/** The Cloud API's documented limits; lengths in UTF-16 units, which is never more generous than characters. */
const LIMITS = {
  text: 4096,
  body: 1024,
  headerText: 60,
  footer: 60,
  buttons: 3,
  buttonId: 256,
  buttonTitle: 20,
  listButton: 20,
  sections: 10,
  rows: 10,
  sectionTitle: 24,
  rowId: 200,
  rowTitle: 24,
  rowDescription: 72,
  caption: 1024,
  callbackData: 512,
};

class Refusal extends Error {}
const refuse = (message: string): never => {
  throw new Refusal(message);
};

/** The error that WhatsApp answers with, or null when the request keeps every limit. */
export function refuseWhatsAppRequest(body: Record<string, unknown>): PlatformResponse | null {
  try {
    checkRequest(body);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return graphError(131009, `(#131009) ${error.message}`);
    throw error;
  }
}

function checkRequest(body: Record<string, unknown>): void {
  if (body.messaging_product !== 'whatsapp') refuse('messaging_product must be whatsapp');
  if (body.recipient_type !== undefined)
    oneOf(body.recipient_type, ['individual', 'group'], 'recipient_type');
  const isNumber = typeof body.to === 'string' && /^\+?\d{7,15}$/.test(body.to);
  const isUser =
    typeof body.recipient === 'string' && /^[A-Z]{2}\.(ENT\.)?\w{1,128}$/.test(body.recipient);
  if (!isNumber && !isUser) refuse('to or recipient is required');
  if (body.biz_opaque_callback_data !== undefined)
    text(body.biz_opaque_callback_data, 'biz_opaque_callback_data', LIMITS.callbackData);
  const type = oneOf(body.type, ['text', 'image', 'interactive', 'template'], 'type');
  const content = record(body[type], type);
  if (type === 'text') text(content.body, 'text.body', LIMITS.text);
  if (type === 'image') checkImage(content, 'image');
  if (type === 'template') text(content.name, 'template.name', 512);
  if (type === 'interactive') checkInteractive(content);
}

function checkImage(image: Record<string, unknown>, at: string): void {
  const isLink =
    typeof image.link === 'string' && URL.canParse(image.link) && /^https?:/.test(image.link);
  if (!isLink && typeof image.id !== 'string') refuse(`${at}.link must be a URL`);
  if (image.caption !== undefined) text(image.caption, `${at}.caption`, LIMITS.caption);
}

function checkInteractive(interactive: Record<string, unknown>): void {
  const type = oneOf(interactive.type, ['button', 'list'], 'interactive.type');
  text(record(interactive.body, 'interactive.body').text, 'interactive.body.text', LIMITS.body);
  if (interactive.footer !== undefined)
    text(
      record(interactive.footer, 'interactive.footer').text,
      'interactive.footer.text',
      LIMITS.footer,
    );
  if (interactive.header !== undefined)
    checkHeader(record(interactive.header, 'interactive.header'), type);
  const action = record(interactive.action, 'interactive.action');
  if (type === 'button') checkButtons(action);
  else checkList(action);
}

function checkHeader(header: Record<string, unknown>, type: string): void {
  const allowed = type === 'list' ? ['text'] : ['text', 'image', 'video', 'document'];
  const kind = oneOf(header.type, allowed, 'interactive.header.type');
  if (kind === 'text') text(header.text, 'interactive.header.text', LIMITS.headerText);
  if (kind === 'image')
    checkImage(record(header.image, 'interactive.header.image'), 'interactive.header.image');
}

function checkButtons(action: Record<string, unknown>): void {
  const replies = list(action.buttons, 'action.buttons', LIMITS.buttons).map((value, index) => {
    const button = record(value, `buttons[${index}]`);
    if (button.type !== 'reply') refuse(`buttons[${index}].type must be reply`);
    const { id, title } = record(button.reply, `buttons[${index}].reply`);
    if (/[*_~`]/.test(text(title, `buttons[${index}].title`, LIMITS.buttonTitle)))
      refuse('no markdown in titles');
    return { id: text(id, `buttons[${index}].id`, LIMITS.buttonId), title: String(title) };
  });
  different(replies.map(({ id }) => id), 'ids of buttons'); // prettier-ignore
  different(replies.map(({ title }) => title), 'titles of buttons'); // prettier-ignore
}

function checkList(action: Record<string, unknown>): void {
  text(action.button, 'action.button', LIMITS.listButton);
  const sections = list(action.sections, 'action.sections', LIMITS.sections);
  const ids = sections.flatMap((value, index) => {
    const section = record(value, `sections[${index}]`);
    if (sections.length > 1 || section.title !== undefined)
      text(section.title, `sections[${index}].title`, LIMITS.sectionTitle);
    return list(section.rows, `sections[${index}].rows`, LIMITS.rows).map((one, at) => {
      const row = record(one, `rows[${at}]`);
      text(row.title, `rows[${at}].title`, LIMITS.rowTitle);
      if (row.description !== undefined)
        text(row.description, `rows[${at}].description`, LIMITS.rowDescription);
      return text(row.id, `rows[${at}].id`, LIMITS.rowId);
    });
  });
  if (ids.length > LIMITS.rows) refuse(`at most ${LIMITS.rows} rows in all sections`);
  different(ids, 'ids of rows');
}

function different(values: string[], name: string): void {
  if (new Set(values).size !== values.length) refuse(`${name} must be different`);
}

function text(value: unknown, name: string, longest: number): string {
  if (typeof value !== 'string' || value.trim() === '')
    return refuse(`${name} must be a non-empty string`);
  if (value.length > longest) refuse(`${name} has more than ${longest} characters`);
  return value;
}

function oneOf(value: unknown, allowed: readonly string[], name: string): string {
  if (typeof value === 'string' && allowed.includes(value)) return value;
  return refuse(`${name} must be one of {${allowed.join(', ')}}`);
}

function list(value: unknown, name: string, most: number): unknown[] {
  if (!Array.isArray(value) || value.length < 1 || value.length > most)
    return refuse(`${name} must have between 1 and ${most} items`);
  return value;
}

function record(value: unknown, name: string): Record<string, unknown> {
  return isRecord(value) ? value : refuse(`${name} must be an object`);
}
