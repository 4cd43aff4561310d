import { adjustStock } from '../../inventory/adjust-stock';
import { stockOf, type StockRow } from '../../inventory/inventory-store';
import { recordAudit } from '../../businesses/audit-store';
import type { Staff } from '../../businesses/staff-store';
import { say, type Turn } from '../turn';
import { actorOf, EVERYBODY, IN_CHARGE, type AdminCommand } from './command';

const CHANGE = /^([+=-])(\d{1,8})$/;

/** `/stock SKU`, `/stock SKU +10|-3|=25 reason` */
export const stock: AdminCommand = {
  name: 'stock',
  roles: EVERYBODY,
  run: async (turn, staff, [sku, change, ...reason]) => {
    if (!sku) return say(turn, 'admin_stock_usage');
    if (change !== undefined) return adjust(turn, staff, sku, change, reason.join(' '));
    const found = await stockOf(turn.trx, turn.business.id, sku);
    if (!found) return say(turn, 'admin_stock_not_found', { sku: sku.slice(0, 64) });
    show(turn, found);
  },
};

async function adjust(
  turn: Turn,
  staff: Staff,
  sku: string,
  change: string,
  reason: string,
): Promise<void> {
  if (!IN_CHARGE.includes(staff.role)) return say(turn, 'admin_forbidden', { role: staff.role });
  const [, sign, digits] = CHANGE.exec(change) ?? [];
  if (!digits || reason === '') return say(turn, 'admin_stock_usage');
  const figure = Number(digits);
  const outcome = await adjustStock(turn.trx, {
    businessId: turn.business.id,
    sku,
    ...(sign === '=' ? { set: figure } : { change: sign === '-' ? -figure : figure }),
    reason,
    actor: actorOf(staff),
  });
  await recordAudit(turn.trx, {
    businessId: turn.business.id,
    actor: actorOf(staff),
    action: 'chat.stock',
    subject: `sku ${sku}`.slice(0, 120),
    outcome: outcome.ok ? 'done' : 'failed',
    detail: { change, reason },
  });
  if (outcome.ok) return show(turn, outcome.stock);
  if (outcome.code === 'BELOW_RESERVED') {
    return say(turn, 'admin_stock_promised', {
      name: outcome.stock.name,
      reserved: outcome.reserved,
    });
  }
  if (outcome.code === 'STOCK_TOO_LARGE') return say(turn, 'admin_stock_too_large');
  return say(turn, 'admin_stock_not_found', { sku: sku.slice(0, 64) });
}

function show(turn: Turn, row: StockRow): void {
  say(turn, 'admin_stock', {
    name: row.name,
    sku: row.sku,
    on_hand: row.stock,
    reserved: row.reserved,
    available: row.available,
  });
}
