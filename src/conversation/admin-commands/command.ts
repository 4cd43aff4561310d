import type { Role, Staff } from '../../businesses/staff-store';
import type { Turn } from '../turn';

/** A command of the shop's people (`/confirm 12 note`), after the role has been checked. */
export interface AdminCommand {
  name: string;
  roles: readonly Role[];
  run(turn: Turn, staff: Staff, args: string[]): Promise<void>;
  /**
   * Asks back before it runs (DLG-9). Gives the line to run after a yes, with everything that could change until then
   * ("last") spelled out; null when there is nothing to ask.
   */
  asksBack?(turn: Turn, staff: Staff, args: string[]): Promise<string | null>;
}

export const EVERYBODY: readonly Role[] = ['admin', 'manager', 'operator'];
export const IN_CHARGE: readonly Role[] = ['admin', 'manager'];

/** Who did it, as history and audit have it. */
export const actorOf = (staff: Staff): string => `staff:${staff.id}`;
