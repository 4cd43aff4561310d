import type { Transaction } from '../db/database';
import { displayMoney } from '../lib/money';
import type { Order } from './order';
import { isMoneyHandedOver } from './queue-work-store';
import { reportOrderError } from './report-order-error';

/**
 * Money that no gateway moves by itself (a transfer, a wallet) is moved by a person: an open error says how much of which order and
 * why, and the owner is told. It is resolved when the payment is noted as refunded or voided (record-payment.ts).
 */
export async function handOverMoney(
  trx: Transaction,
  order: Order,
  { action, why, now }: { action: 'refund' | 'void'; why: string; now: Date },
): Promise<void> {
  const due = order.paid - order.refunded;
  const isDue = action === 'refund' ? due > 0 : order.paymentStatus === 'authorized';
  if (!isDue || (await isMoneyHandedOver(trx, order.id))) return;
  const amount = displayMoney(action === 'refund' ? due : order.total, order.currency);
  const what = action === 'refund' ? 'to be given back' : 'authorized and not to be taken';
  await reportOrderError(trx, {
    businessId: order.businessId,
    orderId: order.id,
    userId: order.userId,
    type: 'payment',
    severity: 'high',
    code: action === 'refund' ? 'REFUND_DUE' : 'VOID_DUE',
    message: `${amount} of ${order.orderNumber} is ${what}: ${why}. Note the payment as ${action}ed when it is done.`,
    context: { action, reason: why },
    now,
  });
}
