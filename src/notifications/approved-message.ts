import type { Business } from '../businesses/business-store';
import type { ApprovedTemplate } from '../businesses/settings';
import { channelOf } from '../channels/registry';
import type { ConversationRow } from '../customers/conversation-store';
import type { Language } from '../templates/load-templates';

/** What a platform takes as one value; a longer one is cut. */
const MAX_VALUE = 1000;

/** What is to be told, as our own templates take it. */
export interface Told {
  template: string;
  params: Record<string, string | number>;
}

/**
 * The request by which this goes outside of a platform's window: as the business has had it approved, in the language asked for,
 * else in the shop's. Null when there is none, or when we lack a value for it: then the way does not exist.
 */
export function approvedMessage(
  business: Business,
  conversation: Pick<ConversationRow, 'channel' | 'accountId'>,
  told: Told,
  language: Language,
): Record<string, unknown> | null {
  const approved = business.settings.approved_templates.filter(
    ({ channel, template }) => channel === conversation.channel && template === told.template,
  );
  const found =
    approved.find((one) => one.language === language) ??
    approved.find((one) => one.language === business.language);
  const values = found && valuesOf(found, told.params);
  if (!values) return null;
  const { name, code = found.language, content_sid: contentSid } = found;
  return channelOf(conversation).renderApproved?.({ name, code, contentSid, values }) ?? null;
}

function valuesOf({ parameters }: ApprovedTemplate, params: Told['params']): string[] | null {
  const values = parameters.map((name) => oneLine(String(params[name] ?? '')));
  return values.includes('') ? null : values;
}

/** Platforms refuse values with line breaks, tabs or many spaces. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, MAX_VALUE);
