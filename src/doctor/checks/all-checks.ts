import type { Check } from '../check';
import { historyChecks } from './history';
import { messageChecks } from './messages';
import { notificationChecks } from './notifications';
import { orderChecks } from './orders';
import { schemaChecks } from './schema';
import { stockLedgerChecks } from './stock-ledger';
import { stockChecks } from './stock';

/** Everything that the doctor looks at (G-13), in the order of the report. */
export const allChecks: readonly Check[] = [
  ...schemaChecks,
  ...messageChecks,
  ...stockChecks,
  ...stockLedgerChecks,
  ...orderChecks,
  ...historyChecks,
  ...notificationChecks,
];
