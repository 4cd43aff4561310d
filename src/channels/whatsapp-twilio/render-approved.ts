import type { ApprovedMessage } from '../channel';

/** A template by Twilio: its Content API's id, and what fills it under the numbers 1, 2, 3 … */
export function renderContent({
  contentSid,
  values,
}: ApprovedMessage): Record<string, unknown> | null {
  if (contentSid === undefined) return null;
  const variables = Object.fromEntries(values.map((value, at) => [String(at + 1), value]));
  return { contentSid, contentVariables: JSON.stringify(variables) };
}
