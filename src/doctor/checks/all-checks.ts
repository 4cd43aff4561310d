import type { Check } from '../check';
import { catalogueChecks } from './catalogue';
import { historyChecks } from './history';
import { messageChecks } from './messages';
import { notificationChecks } from './notifications';
import { orderChecks } from './orders';
import { schemaChecks } from './schema';
import { stockLedgerChecks } from './stock-ledger';
import { stockChecks } from './stock';
import { takeoverChecks } from './takeover';

/** Everything that the doctor looks at (G-13), in the order of the report. */
export const allChecks: readonly Check[] = [
  ...schemaChecks,
  ...messageChecks,
  ...takeoverChecks,
  ...catalogueChecks,
  ...stockChecks,
  ...stockLedgerChecks,
  ...orderChecks,
  ...historyChecks,
  ...notificationChecks,
];
