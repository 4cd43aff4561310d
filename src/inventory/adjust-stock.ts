import { actingAs } from '../db/acting-as';
import type { Transaction } from '../db/database';
import { lockStock, setStock, stockOf, takeBackExpired, type StockRow } from './inventory-store';

export interface StockAdjustment {
  businessId: number;
  sku: string;
  /** Either a difference (+10, -3) or the figure that was counted. */
  change?: number;
  set?: number;
  reason: string;
  actor: string;
}

export type AdjustmentOutcome =
  | { ok: true; before: number; stock: StockRow }
  | { ok: false; code: 'SKU_NOT_FOUND' }
  | { ok: false; code: 'BELOW_RESERVED'; reserved: number; stock: StockRow }
  | { ok: false; code: 'STOCK_TOO_LARGE' };

/** More than any shop has; a typing error of two digits more does not pass. */
const MAX_STOCK = 10_000_000;

/**
 * Changes the stock on hand by hand, with a ledger row. Stock that is promised to orders cannot be taken away; what was promised and
 * has run out is taken back first, if it is in the way (G-10).
 */
export async function adjustStock(
  trx: Transaction,
  adjustment: StockAdjustment,
): Promise<AdjustmentOutcome> {
  const found = await stockOf(trx, adjustment.businessId, adjustment.sku);
  if (!found) return { ok: false, code: 'SKU_NOT_FOUND' };
  const { stock: before, reserved: promised } = await lockStock(trx, found);
  const wanted = adjustment.set ?? before + (adjustment.change ?? 0);
  if (!Number.isSafeInteger(wanted) || wanted > MAX_STOCK)
    return { ok: false, code: 'STOCK_TOO_LARGE' };
  const { actor, reason } = adjustment;
  const reserved =
    wanted < promised
      ? await actingAs(trx, { actor, reason }, () => takeBackExpired(trx, found))
      : promised;
  if (wanted < reserved) {
    return {
      ok: false,
      code: 'BELOW_RESERVED',
      reserved,
      stock: { ...found, stock: before, reserved, available: before - reserved },
    };
  }
  await actingAs(trx, { actor, reason }, () => setStock(trx, found, wanted));
  return {
    ok: true,
    before,
    stock: { ...found, stock: wanted, reserved, available: wanted - reserved },
  };
}
