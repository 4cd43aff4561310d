import { z } from 'zod';
import { fit, MAX_PERSON } from '../event-fields';
import type { EventBody } from '../inbound';

const text = z.string().min(1).optional().catch(undefined);

const system = z.object({
  system: z.object({
    type: z.string(),
    /** The number from now on; the older name of the field is beside it. */
    wa_id: text,
    new_wa_id: text,
    /** The user id from now on: a new number brings a new one. */
    user_id: text,
  }),
});

const MOVES = new Set(['user_changed_number', 'customer_changed_number', 'user_changed_user_id']);

/** What WhatsApp itself tells in a conversation: that the person goes by another number or id. Undefined for anything else. */
export function movedTo(raw: unknown): EventBody | undefined {
  const parsed = system.safeParse(raw);
  if (!parsed.success || !MOVES.has(parsed.data.system.type)) return undefined;
  const { wa_id: number, new_wa_id: older, user_id: userId } = parsed.data.system;
  const digits = (number ?? older)?.replace(/^\+/, '');
  const phone = digits !== undefined && /^\d{7,15}$/.test(digits) ? `+${digits}` : undefined;
  const externalId = userId ?? phone;
  return externalId === undefined
    ? undefined
    : { kind: 'moved', externalId: fit(externalId, MAX_PERSON), phone };
}
