import { invalidParameter } from './errors';
import { isRecord, type PlatformResponse } from './platform';

/** The Send API's documented limits; lengths in UTF-16 units, which is never more generous than characters. */
const LIMITS = {
  textBelow: 2000,
  metadataBelow: 1000,
  quickReplies: 13,
  quickReplyTitle: 20,
  payload: 1000,
  elements: 10,
  elementTitle: 80,
  elementSubtitle: 80,
  buttons: 3,
  buttonTitle: 20,
  buttonTemplateText: 640,
};
const MESSAGING_TYPES = ['RESPONSE', 'UPDATE', 'MESSAGE_TAG', 'UTILITY'];
/** The others were removed on 27 April 2026. */
const TAGS = ['HUMAN_AGENT', 'CUSTOMER_FEEDBACK'];
const NOTIFICATION_TYPES = ['REGULAR', 'SILENT_PUSH', 'NO_PUSH'];
const SENDER_ACTIONS = ['typing_on', 'typing_off', 'mark_seen', 'react', 'unreact'];
const MEDIA_TYPES = ['image', 'audio', 'video', 'file'];

class Refusal extends Error {}
const refuse = (message: string): never => {
  throw new Refusal(message);
};

/** The error that Messenger answers with, or null when the request keeps every limit. */
export function refuseMessengerRequest(body: unknown): PlatformResponse | null {
  try {
    checkRequest(record(body, 'body'));
    return null;
  } catch (error) {
    if (error instanceof Refusal) return invalidParameter(error.message);
    throw error;
  }
}

function checkRequest(body: Record<string, unknown>): void {
  const recipient = isRecord(body.recipient) ? body.recipient : {};
  if (
    !['id', 'user_ref', 'phone_number', 'comment_id', 'post_id'].some((key) =>
      isText(recipient[key]),
    )
  ) {
    refuse('Param recipient must be non-empty');
  }
  if (body.notification_type !== undefined)
    oneOf(body.notification_type, NOTIFICATION_TYPES, 'notification_type');
  if (body.sender_action !== undefined) {
    oneOf(body.sender_action, SENDER_ACTIONS, 'sender_action');
    if (body.message !== undefined) refuse('Param message cannot be set with sender_action');
    return;
  }
  const type = oneOf(body.messaging_type, MESSAGING_TYPES, 'messaging_type');
  if (type === 'MESSAGE_TAG') oneOf(body.tag, TAGS, 'tag');
  else if (body.tag !== undefined)
    refuse('Param tag is only allowed with messaging_type MESSAGE_TAG');
  checkMessage(record(body.message, 'message'), type);
}

function checkMessage(message: Record<string, unknown>, messagingType: string): void {
  if (message.metadata !== undefined)
    text(message.metadata, 'message[metadata]', LIMITS.metadataBelow - 1);
  if (messagingType === 'UTILITY') {
    const template = record(message.template, 'message[template]');
    text(template.name, 'message[template][name]', 512);
    return;
  }
  const hasText = message.text !== undefined;
  const hasAttachment = message.attachment !== undefined;
  if (hasText === hasAttachment)
    refuse('Exactly one of message[text] and message[attachment] must be set');
  if (hasText) text(message.text, 'message[text]', LIMITS.textBelow - 1);
  if (hasAttachment) checkAttachment(record(message.attachment, 'message[attachment]'));
  if (message.quick_replies !== undefined) {
    list(message.quick_replies, 'message[quick_replies]', 1, LIMITS.quickReplies).forEach(
      checkQuickReply,
    );
  }
}

function checkQuickReply(value: unknown, index: number): void {
  const at = `message[quick_replies][${index}]`;
  const reply = record(value, at);
  if (
    oneOf(
      reply.content_type,
      ['text', 'user_phone_number', 'user_email'],
      `${at}[content_type]`,
    ) !== 'text'
  )
    return;
  text(reply.title, `${at}[title]`, LIMITS.quickReplyTitle);
  text(reply.payload, `${at}[payload]`, LIMITS.payload);
  if (reply.image_url !== undefined) webUrl(reply.image_url, `${at}[image_url]`);
}

function checkAttachment(attachment: Record<string, unknown>): void {
  const type = oneOf(attachment.type, [...MEDIA_TYPES, 'template'], 'message[attachment][type]');
  const payload = record(attachment.payload, 'message[attachment][payload]');
  if (type === 'template') return checkTemplate(payload);
  if (payload.attachment_id === undefined) webUrl(payload.url, 'message[attachment][payload][url]');
}

function checkTemplate(payload: Record<string, unknown>): void {
  const types = ['generic', 'button', 'media'];
  const type = oneOf(payload.template_type, types, 'template_type');
  if (type === 'button') {
    text(payload.text, 'text', LIMITS.buttonTemplateText);
    list(payload.buttons, 'buttons', 1, LIMITS.buttons).forEach((b, i) =>
      checkButton(b, `buttons[${i}]`),
    );
    return;
  }
  const most = type === 'media' ? 1 : LIMITS.elements;
  list(payload.elements, 'elements', 1, most).forEach((element, index) => {
    const at = `elements[${index}]`;
    if (type === 'generic') checkElement(record(element, at), at);
    else checkMediaElement(record(element, at), at);
  });
}

function checkElement(element: Record<string, unknown>, at: string): void {
  text(element.title, `${at}[title]`, LIMITS.elementTitle);
  const others = ['subtitle', 'image_url', 'default_action', 'buttons'];
  if (!others.some((key) => element[key] !== undefined))
    refuse(`${at} must have a property besides title`);
  if (element.subtitle !== undefined)
    text(element.subtitle, `${at}[subtitle]`, LIMITS.elementSubtitle);
  if (element.image_url !== undefined) webUrl(element.image_url, `${at}[image_url]`);
  checkButtons(element, at);
}

function checkMediaElement(element: Record<string, unknown>, at: string): void {
  oneOf(element.media_type, ['image', 'video'], `${at}[media_type]`);
  if (element.attachment_id === undefined) webUrl(element.url, `${at}[url]`);
  checkButtons(element, at);
}

function checkButtons(element: Record<string, unknown>, at: string): void {
  if (element.buttons === undefined) return;
  list(element.buttons, `${at}[buttons]`, 1, LIMITS.buttons).forEach((button, index) =>
    checkButton(button, `${at}[buttons][${index}]`),
  );
}

function checkButton(value: unknown, at: string): void {
  const button = record(value, at);
  const type = oneOf(button.type, ['postback', 'web_url', 'phone_number'], `${at}[type]`);
  text(button.title, `${at}[title]`, LIMITS.buttonTitle);
  if (type === 'web_url') webUrl(button.url, `${at}[url]`);
  else text(button.payload, `${at}[payload]`, LIMITS.payload);
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function text(value: unknown, name: string, longest: number): string {
  if (!isText(value)) return refuse(`Param ${name} must be a non-empty string`);
  if (value.length > longest)
    refuse(`Length of param ${name} must be less than or equal to ${longest}`);
  return value;
}

function oneOf(value: unknown, allowed: readonly string[], name: string): string {
  if (typeof value === 'string' && allowed.includes(value)) return value;
  return refuse(`Param ${name} must be one of {${allowed.join(', ')}}`);
}

function list(value: unknown, name: string, fewest: number, most: number): unknown[] {
  if (!Array.isArray(value)) return refuse(`Param ${name} must be an array`);
  if (value.length < fewest || value.length > most) {
    refuse(`Param ${name} must have between ${fewest} and ${most} items, has ${value.length}`);
  }
  return value;
}

function record(value: unknown, name: string): Record<string, unknown> {
  return isRecord(value) ? value : refuse(`Param ${name} must be an object`);
}

function webUrl(value: unknown, name: string): void {
  const isUrl = isText(value) && URL.canParse(value) && /^https?:/.test(value);
  if (!isUrl) refuse(`Param ${name} must be a valid URL`);
}
