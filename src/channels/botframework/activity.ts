import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const account = z.looseObject({ id: z.string().min(1).max(500), name: text });
const attachment = z.looseObject({ contentType: text, contentUrl: text, name: text });

/**
 * What a channel of the Bot Framework tells us (Bot Framework Activity schema 3.1). Only what addresses the answer must be
 * there; everything else may have any form, and is left out when it makes no sense.
 */
export const activitySchema = z.looseObject({
  type: z.string().min(1).max(64),
  id: text,
  timestamp: text,
  channelId: z.string().min(1).max(64),
  serviceUrl: z.string().min(1).max(500),
  conversation: z.looseObject({
    id: z.string().min(1).max(1000),
    isGroup: z.boolean().optional().catch(undefined),
  }),
  /** Who has done it. */
  from: account,
  /** The bot. */
  recipient: account,
  text,
  locale: text,
  value: z.unknown().optional(),
  channelData: z.unknown().optional(),
  attachments: z.array(attachment).max(50).optional().catch(undefined),
  entities: z
    .array(z.looseObject({ type: text }))
    .max(100)
    .optional()
    .catch(undefined),
  membersAdded: z
    .array(z.looseObject({ id: z.string() }))
    .optional()
    .catch(undefined),
  replyToId: text,
});
export type Activity = z.infer<typeof activitySchema>;

/** Where an answer goes, and from whom to whom: the newest activity of a conversation says it. */
export const referenceSchema = z.object({
  serviceUrl: z.string(),
  channelId: z.string(),
  conversation: z.looseObject({ id: z.string() }),
  bot: account,
  user: account,
  activityId: z.string().optional(),
  locale: z.string().optional(),
});
export type Reference = z.infer<typeof referenceSchema>;

export const referenceOf = (activity: Activity): Reference => ({
  serviceUrl: activity.serviceUrl.replace(/\/+$/, ''),
  channelId: activity.channelId,
  conversation: activity.conversation,
  bot: activity.recipient,
  user: activity.from,
  ...(activity.type === 'message' && activity.id ? { activityId: activity.id } : {}),
  ...(activity.locale ? { locale: activity.locale } : {}),
});
