import type { Slots } from '../turn';

/** Where a text leads that answers no question. */
export interface Meant {
  flow: string;
  slots: Slots;
  /** Comes back to the question that is open. */
  interrupts?: boolean;
}
