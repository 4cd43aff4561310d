import type { ApprovedMessage } from '../channel';

/** A utility message: an approved template for news about an order, at any time (Messenger Platform, utility messages). */
export function renderUtility({
  name,
  code,
  values,
}: ApprovedMessage): Record<string, unknown> | null {
  if (name === undefined) return null;
  const parameters = values.map((text) => ({ type: 'text', text }));
  const components = parameters.length > 0 ? [{ type: 'body', parameters }] : [];
  return {
    messaging_type: 'UTILITY',
    message: { template: { name, language: { code }, components } },
  };
}
