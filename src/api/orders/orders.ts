import { z } from 'zod';
import type { CoreDeps } from '../../db/core-deps';
import { AppError } from '../../lib/errors';
import { createOrder } from '../../orders/create-order';
import { ORDER_SOURCES, orderDataSchema, presentOrder } from '../../orders/order';
import { itemsOfOrders, orderDetailOf } from '../../orders/order-page-store';
import { ORDER_STATUSES, PAYMENT_STATUSES } from '../../orders/order-states';
import { findOrder, historyOf, itemsOf, listOrders } from '../../orders/order-store';
import { businessFor } from '../change';
import { idCursor, idField, iso, listOf, pageOf, pageQuery, rangeOf, rangeQuery } from '../fields';
import { resource, type Resource } from '../resource';
import { addOrderActions } from './order-actions';
import {
  CREATE_PROBLEMS,
  historySchema,
  ORDER_PARAMS,
  orderAnswer,
  orderDetailSchema,
  orderSchema,
  presentDetail,
} from './order-schema';
import { addOrderStats } from './order-stats';

const orderNotFound = (): AppError =>
  new AppError('ORDER_NOT_FOUND', 404, 'There is no such order.');

const listQuery = z.object({
  status: z.enum(ORDER_STATUSES).optional(),
  payment_status: z.enum(PAYMENT_STATUSES).optional(),
  customer: idField.optional().describe('The user_id'),
  user_id: idField.optional().describe('The same as customer'),
  channel: z.enum(ORDER_SOURCES).optional().describe('The order_source'),
  ...rangeQuery,
  q: z.string().trim().max(120).optional().describe('In the number, the recipient or the phone'),
  ...pageQuery,
});

/** `/api/orders` (API-1). */
export function ordersApi(deps: CoreDeps): Resource {
  const { db } = deps;
  const api = resource('/api/orders', 'Orders');

  api.post(
    '/',
    {
      summary: 'Place an order',
      description:
        'Every price is worked out here, and a mismatch is refused. With an idempotency key it is placed at most once: a repeat answers the first order, the same key with other content is refused. With draft it is kept without a hold until its status becomes pending.',
      headers: { 'Idempotency-Key': 'Any text of up to 191 characters; wins over idempotency_key' },
      // Read by the order core, which answers with its own codes, all at once (ORD-2).
      body: z.looseObject({}),
      describedBody: orderDataSchema,
      status: 201,
      answer: orderAnswer,
      problems: CREATE_PROBLEMS,
    },
    async ({ req, res, who, body }) => {
      const business = await businessFor(db, who);
      const asked = body.business_id;
      const isOwn = (asked ?? business.id) === business.id || asked === String(business.id);
      if (!isOwn) {
        const problem = {
          field: 'business_id',
          code: 'BUSINESS_NOT_FOUND',
          message: 'There is no such business.',
        };
        throw new AppError(problem.code, 400, problem.message, { details: [problem] });
      }
      const result = await createOrder(deps, body, {
        business,
        idempotencyKey: req.get('idempotency-key')?.trim() || undefined,
        actor: who.actor,
        ipAddress: req.ip ?? null,
        userAgent: req.get('user-agent') ?? null,
      });
      res.status(result.status).json(result.body);
    },
  );

  api.get(
    '/',
    { summary: 'List orders, the newest first', query: listQuery, answer: listOf(orderSchema) },
    async ({ who, query }) => {
      const business = await businessFor(db, who);
      const orders = await listOrders(db, {
        businessId: business.id,
        status: query.status,
        paymentStatus: query.payment_status,
        userId: query.customer ?? query.user_id,
        source: query.channel,
        ...rangeOf(query, business.timezone),
        text: query.q,
        beforeId: idCursor(query.cursor),
        limit: query.limit + 1,
      });
      const items = await itemsOfOrders(
        db,
        orders.map((order) => order.id),
      );
      return pageOf(
        orders,
        query.limit,
        (order) => order.id,
        (order) => presentOrder(order, items.get(order.id)),
      );
    },
  );

  // Before /:id, which would take it for a number.
  addOrderStats(api, deps);

  api.get(
    '/:id',
    {
      summary: 'An order',
      params: ORDER_PARAMS,
      answer: orderDetailSchema,
      problems: { 404: ['ORDER_NOT_FOUND'] },
    },
    async ({ who, params: { id = '' } }) => {
      const order = await findOrder(db, who.businessId, id);
      if (!order) throw orderNotFound();
      const items = await itemsOf(db, order.id);
      return presentDetail(order, items, await orderDetailOf(db, order.id));
    },
  );

  api.get(
    '/:id/history',
    {
      summary: 'What became of an order: one chain for each kind of state',
      params: ORDER_PARAMS,
      answer: listOf(historySchema).extend({ order_id: z.number(), order_number: z.string() }),
      problems: { 404: ['ORDER_NOT_FOUND'] },
    },
    async ({ who, params: { id = '' } }) => {
      const order = await findOrder(db, who.businessId, id);
      if (!order) throw orderNotFound();
      const entries = await historyOf(db, order.id);
      return {
        order_id: order.id,
        order_number: order.orderNumber,
        data: entries.map(({ kind, from, to, changedBy, reason, at }) => ({
          kind,
          from,
          to,
          changed_by: changedBy,
          reason,
          at: iso(at),
        })),
        next_cursor: null,
      };
    },
  );

  addOrderActions(api, deps);
  return api;
}
