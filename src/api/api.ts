import express, { Router } from 'express';
import type { Accounts } from '../channels/accounts';
import type { Config } from '../config';
import type { SendLane } from '../outgoing/outgoing-store';
import type { Templates } from '../templates/load-templates';
import type { CoreDeps } from '../db/core-deps';
import { wellFormed } from '../lib/json';
import { requireApiKey } from './api-key';
import { businessesApi } from './businesses/businesses';
import { categoriesApi } from './categories';
import { channelLinksApi } from './channel-links';
import { conversationsApi } from './conversations/conversations';
import { customersApi } from './customers';
import { documentation } from './docs';
import { inventoryApi } from './inventory';
import { orderErrorsApi } from './order-errors';
import { mediaApi } from './media';
import { ordersApi } from './orders/orders';
import { productsApi } from './products';
import { promoCodesApi } from './promo-codes';
import type { Resource } from './resource';
import { reviewsApi } from './reviews';
import { staffApi } from './staff';

export interface ApiDeps extends CoreDeps {
  config: Config;
  accounts: Accounts;
  templates: Templates;
  wakeSender(lane: SendLane): void;
  firstBusinessId: number;
}

/** Room for the largest order and the largest product with its variants. */
const BODY_LIMIT = '1mb';

/** Everything under `/api`, and the documentation of it. */
export function createApi(deps: ApiDeps, open: readonly Resource[] = []): Router {
  const resources: Resource[] = [
    ordersApi(deps),
    reviewsApi(deps),
    orderErrorsApi(deps),
    productsApi(deps),
    categoriesApi(deps),
    customersApi(deps),
    promoCodesApi(deps),
    inventoryApi(deps),
    mediaApi(deps),
    staffApi(deps),
    channelLinksApi(deps),
    businessesApi(deps),
    conversationsApi(deps),
  ];
  const docs = documentation([...open, ...resources]);
  const router = Router();
  router.use(docs.base, docs.router);
  router.use(
    '/api',
    requireApiKey(deps.config, deps.firstBusinessId),
    express.json({ limit: BODY_LIMIT, reviver: wellFormed }),
  );
  for (const { base, router: routes } of resources) router.use(base, routes);
  return router;
}
