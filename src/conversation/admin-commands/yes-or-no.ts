import type { Choice } from '../../channels/reply';
import { label, type Turn } from '../turn';

/** "Yes" and "No" under the question of a command that asks back. */
export const yesOrNo = (turn: Turn, template: string): Choice[] => [
  { title: label(turn, template, 'yes'), value: 'ADMIN:yes' },
  { title: label(turn, template, 'no'), value: 'ADMIN:no' },
];
