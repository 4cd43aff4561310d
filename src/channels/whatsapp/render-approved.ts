import type { ApprovedMessage } from '../channel';

/** A template message of the Cloud API: the only kind that goes outside of the 24 hours. */
export function renderTemplate({
  name,
  code,
  values,
}: ApprovedMessage): Record<string, unknown> | null {
  if (name === undefined) return null;
  const parameters = values.map((text) => ({ type: 'text', text }));
  const components = parameters.length > 0 ? [{ type: 'body', parameters }] : [];
  return { type: 'template', template: { name, language: { code }, components } };
}
