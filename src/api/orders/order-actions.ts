import { z } from 'zod';
import type { CoreDeps } from '../../db/core-deps';
import { cancelOrderIn } from '../../orders/cancel-order';
import { changeOrderIn } from '../../orders/change-order';
import { confirmOrderIn } from '../../orders/confirm-order';
import { moveOrderIn } from '../../orders/move-order';
import { orderDataSchema } from '../../orders/order';
import { ORDER_STATUSES, PAYMENT_STATUSES } from '../../orders/order-states';
import { recordCodRefusalIn } from '../../orders/record-cod-refusal';
import { recordPaymentIn } from '../../orders/record-payment';
import { setShippingIn } from '../../orders/set-shipping';
import { amountIn, textField } from '../fields';
import type { Identity } from '../identity';
import type { Resource } from '../resource';
import { actingOnOrders } from './act';
import { CREATE_PROBLEMS, ORDER_PARAMS, orderAnswer } from './order-schema';

const DEFAULT_REASON = 'cancelled by the shop';

const reason = z.string().trim().max(500).nullish();
const statusChange = z.object({ status: z.enum(ORDER_STATUSES), reason });
const paymentChange = z.object({
  payment_status: z.enum(PAYMENT_STATUSES),
  amount: amountIn.nullish().describe('What was paid or given back now; all of it without it'),
  reference: textField(120).nullish(),
  reason,
});
const shippingChange = z
  .object({ carrier: textField(80).nullish(), tracking_number: textField(120).nullish() })
  .refine((body) => body.carrier !== undefined || body.tracking_number !== undefined, {
    message: 'carrier or tracking_number is needed',
    path: ['tracking_number'],
  });
const changeable = orderDataSchema
  .pick({
    items: true,
    shipping_address: true,
    notes: true,
    promo_code: true,
    subtotal: true,
    shipping_fee: true,
    discount_amount: true,
    total_amount: true,
  })
  .extend({ shipping_address: orderDataSchema.shape.shipping_address.partial() })
  .partial();

const MOVES = { 404: ['ORDER_NOT_FOUND'], 409: ['INVALID_TRANSITION'] };
const CONFIRMS = {
  404: ['ORDER_NOT_FOUND'],
  409: ['INVALID_TRANSITION', 'VERIFICATION_REQUIRED', 'INSUFFICIENT_STOCK'],
};

/** What is done to an order; each in one transaction, by the functions that chat uses, too. */
export function addOrderActions(
  api: Resource,
  deps: Pick<CoreDeps, 'db' | 'clock' | 'wakeQueue'>,
): void {
  const act = actingOnOrders(deps);
  const answer = orderAnswer;
  const params = ORDER_PARAMS;

  api.put(
    '/:id',
    {
      summary: 'Change items, address, notes or promo code before it is confirmed',
      description:
        'What is left out stays as it is. Holds follow the items; amounts are worked out anew, and compared only where they are sent. Lines that stay keep the price at which they were ordered.',
      params,
      body: z.looseObject({}),
      describedBody: changeable,
      answer,
      problems: {
        400: CREATE_PROBLEMS[400],
        404: MOVES[404],
        409: [...CREATE_PROBLEMS[409], ...MOVES[409]],
      },
    },
    ({ who, body, params: { id = '' } }) =>
      act(who, 'order.change', 'changed', (trx) =>
        changeOrderIn(trx, deps, { ...base(who, id), change: body }),
      ),
  );

  api.patch(
    '/:id/status',
    {
      summary: 'Move an order to another state',
      params,
      body: statusChange,
      answer,
      problems: {
        400: CREATE_PROBLEMS[400],
        404: MOVES[404],
        409: [...CONFIRMS[409], ...CREATE_PROBLEMS[409]],
      },
    },
    ({ who, body: { status: to, reason: why }, params: { id = '' } }) =>
      act(who, 'order.status', to, (trx) =>
        moveOrderIn(trx, deps, {
          ...base(who, id),
          to,
          reason: why || (to === 'cancelled' ? DEFAULT_REASON : null),
        }),
      ),
  );

  api.patch(
    '/:id/payment',
    {
      summary: 'Note what has become of its money',
      description:
        'A prepaid order that is paid confirms itself. Money that comes after the hold has run out gets the stock again if it is there, else a person decides; for a cancelled order it is to be given back. A reference pays for one order of its payment method only, but for what is paid at the door or the counter.',
      role: 'manager',
      params,
      body: paymentChange,
      answer,
      problems: {
        400: ['AMOUNT_MISMATCH'],
        404: MOVES[404],
        409: [...MOVES[409], 'DUPLICATE_REFERENCE'],
      },
    },
    ({ who, body, params: { id = '' } }) =>
      act(
        who,
        'order.payment',
        `${body.payment_status} noted`,
        async (trx) => {
          const outcome = await recordPaymentIn(trx, deps, {
            ...base(who, id),
            to: body.payment_status,
            amount: body.amount,
            reference: body.reference,
            reason: body.reason,
          });
          return outcome.ok ? { ...outcome, decision: outcome.arrival?.decision } : outcome;
        },
        { payment_status: body.payment_status, reference: body.reference ?? null },
      ),
  );

  api.patch(
    '/:id/shipping',
    {
      summary: 'Note the carrier and the tracking number',
      params,
      body: shippingChange,
      answer,
      problems: MOVES,
    },
    ({ who, body, params: { id = '' } }) =>
      act(who, 'order.shipping', 'changed', (trx) =>
        setShippingIn(trx, deps, {
          ...base(who, id),
          carrier: body.carrier,
          trackingNumber: body.tracking_number,
        }),
      ),
  );

  api.post(
    '/:id/confirm',
    {
      summary: 'Confirm an order: its stock is sold',
      params,
      body: z.object({ notes: z.string().trim().max(1000).nullish() }),
      isBodyOptional: true,
      answer,
      problems: CONFIRMS,
    },
    ({ who, body, params: { id = '' } }) =>
      act(who, 'order.confirm', 'confirmed', (trx) =>
        confirmOrderIn(trx, deps, { ...base(who, id), notes: body.notes }),
      ),
  );

  const cancel = (who: Identity, id: string, why?: string | null) =>
    act(who, 'order.cancel', 'cancelled', (trx) =>
      cancelOrderIn(trx, deps, { ...base(who, id), reason: why || DEFAULT_REASON }),
    );

  api.post(
    '/:id/cancel',
    {
      summary: 'Cancel an order: stock, promo code and money go back',
      role: 'manager',
      params,
      body: z.object({ reason }),
      isBodyOptional: true,
      answer,
      problems: MOVES,
    },
    ({ who, body, params: { id = '' } }) => cancel(who, id, body.reason),
  );

  api.delete(
    '/:id',
    {
      summary: 'Cancel an order; it is kept',
      role: 'manager',
      params,
      answer,
      problems: MOVES,
    },
    ({ who, params: { id = '' } }) => cancel(who, id),
  );

  api.post(
    '/:id/cod-refused',
    {
      summary: 'Note that a cash-on-delivery parcel was refused at the door',
      description:
        'Its payment has failed, and the customer may order less cash on delivery from now on. The order stays shipped: a parcel that is taken at the second try is delivered, one that comes back is a return. Said twice it counts once.',
      params,
      body: z.object({ note: z.string().trim().max(255).nullish() }),
      isBodyOptional: true,
      answer,
      problems: { 404: MOVES[404], 409: ['NOT_REFUSABLE'] },
    },
    ({ who, body, params: { id = '' } }) =>
      act(who, 'order.cod_refused', 'refused at the door', (trx) =>
        recordCodRefusalIn(trx, deps, { ...base(who, id), note: body.note }),
      ),
  );
}

const base = (who: Identity, order: string) => ({
  businessId: who.businessId,
  order,
  actor: who.actor,
});
