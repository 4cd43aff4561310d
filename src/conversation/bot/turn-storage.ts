import type { Storage, StoreItems } from 'botbuilder-core';
import { z } from 'zod';
import type { Memory } from '../turn';

/** What `conversations.dialog_state` holds: botbuilder's state and the turn's memory. */
const dialogState = z.object({
  bot: z.record(z.string(), z.unknown()),
  memory: z.looseObject({
    options: z.array(z.object({ title: z.string(), value: z.string() })),
    misses: z.number(),
    kept: z.record(z.string(), z.record(z.string(), z.unknown())),
  }),
});

export interface DialogState {
  bot: StoreItems;
  memory: Memory;
}

/** A new conversation's state; also that of one whose stored state can no longer be read. */
export const freshState = (): DialogState => ({
  bot: {},
  memory: { options: [], misses: 0, kept: {} },
});

export function readState(column: string | null): DialogState {
  if (column === null) return freshState();
  const parsed = dialogState.safeParse(JSON.parse(column));
  return parsed.success ? (parsed.data as unknown as DialogState) : freshState();
}

/**
 * botbuilder's storage for the length of one turn (G-4). It reads what the turn has read under the lane's lock and keeps
 * what is written; the turn's own transaction stores it. botbuilder's eTags play no part: the lane admits one writer.
 */
export function turnStorage(items: StoreItems): Storage {
  return {
    read: (keys) =>
      Promise.resolve(
        Object.fromEntries(
          keys.flatMap((key) => (key in items ? [[key, structuredClone(items[key])]] : [])),
        ),
      ),
    write: (changes) => {
      Object.assign(items, structuredClone(changes));
      return Promise.resolve();
    },
    delete: (keys) => {
      for (const key of keys) delete items[key];
      return Promise.resolve();
    },
  };
}
