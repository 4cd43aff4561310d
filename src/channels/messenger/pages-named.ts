import { z } from 'zod';
import { fit, MAX_ACCOUNT } from '../event-fields';
import type { ChannelName } from '../inbound';

const id = z.union([z.string(), z.int()]).transform(String);
const body = z.object({
  object: z.enum(['page', 'instagram']),
  entry: z.array(z.object({ id }).catch({ id: '' })),
});

/** The pages or Instagram accounts that a body is for. Nobody has vouched for it: this finds whose signature it should bear. */
export function pagesNamedIn(raw: unknown): { channel: ChannelName; accountId: string }[] {
  const parsed = body.safeParse(raw);
  if (!parsed.success) return [];
  const channel = parsed.data.object === 'page' ? 'messenger' : 'instagram';
  return parsed.data.entry.map((entry) => ({ channel, accountId: fit(entry.id, MAX_ACCOUNT) }));
}
