import { z } from 'zod';
import { fit, MAX_ACCOUNT } from '../event-fields';
import type { ChannelName } from '../inbound';

const id = z.union([z.string(), z.int()]).transform(String);
const change = z.object({ value: z.object({ metadata: z.object({ phone_number_id: id }) }) });
const body = z.object({
  entry: z.array(z.object({ changes: z.array(z.unknown()) }).catch({ changes: [] })),
});

/** The phone number ids that a body is for. Nobody has vouched for it: this finds whose signature it should bear. */
export function numbersNamedIn(raw: unknown): { channel: ChannelName; accountId: string }[] {
  const parsed = body.safeParse(raw);
  if (!parsed.success) return [];
  return parsed.data.entry.flatMap(({ changes }) =>
    changes.flatMap((one) => {
      const named = change.safeParse(one);
      if (!named.success) return [];
      const { phone_number_id: number } = named.data.value.metadata;
      return [{ channel: 'whatsapp' as const, accountId: fit(number, MAX_ACCOUNT) }];
    }),
  );
}
