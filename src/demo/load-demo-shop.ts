import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { createBusiness } from '../businesses/business-store';
import type { StoredSettings } from '../businesses/settings';
import { PROVINCES } from '../customers/ph-places';
import { actingAs } from '../db/acting-as';
import type { Database, Transaction } from '../db/database';
import { projectRoot } from '../lib/project-root';
import {
  countProducts,
  insertCategories,
  insertProducts,
  insertPromoCodes,
  insertVariants,
  lockBusiness,
  type RowContext,
} from './demo-store';
import { shopSchema, type DemoShop } from './shop-schema';

const SHOP_FILE = path.join(projectRoot, 'src', 'demo', 'shop.yaml');
/** What the stock ledger says. */
const OPENING = { actor: 'demo shop', reason: 'opening stock' };

export interface LoadedShop {
  businessId: number;
  /** How many products the shop has now. */
  products: number;
  /** False when the shop was there already and has been left alone. */
  isNew: boolean;
}

/** Makes the demo shop in one transaction, once: a business that has products is left alone. Any number may call at once. */
export async function loadDemoShop(
  db: Database,
  { businessSlug, now }: { businessSlug?: string; now: Date },
): Promise<LoadedShop> {
  const shop = readDemoShop();
  return db.transaction(async (trx) => {
    const slug = businessSlug ?? shop.slug;
    const businessId = await createBusiness(trx, {
      slug,
      name: shop.name,
      settings: settingsOf(shop),
    });
    await lockBusiness(trx, businessId);
    const existing = await countProducts(trx, businessId);
    if (existing > 0) return { businessId, products: existing, isNew: false };
    await actingAs(trx, OPENING, () => fillShop(trx, { businessId, now }, shop));
    return { businessId, products: await countProducts(trx, businessId), isNew: true };
  });
}

/** The shop as `shop.yaml` describes it; throws with the places and reasons when the file is wrong. */
export function readDemoShop(): DemoShop {
  const read = shopSchema.safeParse(parse(readFileSync(SHOP_FILE, 'utf8')));
  if (!read.success) {
    throw new Error(`src/demo/shop.yaml is wrong:\n${z.prettifyError(read.error)}`);
  }
  return read.data;
}

async function fillShop(trx: Transaction, context: RowContext, shop: DemoShop): Promise<void> {
  const categoryIds = await insertCategories(trx, context, shop.categories);
  const products = shop.categories.flatMap((category) =>
    category.products.map((product) => ({
      ...product,
      categoryId: idOf(categoryIds, category.name),
    })),
  );
  const productIds = await insertProducts(trx, context, products);
  await insertVariants(
    trx,
    context,
    products.map((product) => ({ ...product, productId: idOf(productIds, product.sku) })),
  );
  await insertPromoCodes(trx, context, shop.promo_codes);
}

function idOf(ids: ReadonlyMap<string, number>, key: string): number {
  const id = ids.get(key);
  if (id === undefined) throw new Error(`${key} was added, but is not there`);
  return id;
}

function settingsOf({ shipping }: DemoShop): StoredSettings {
  const zones = shipping.zones.map(({ island_group, also, ...zone }) => {
    const provinces = PROVINCES.filter(({ islandGroup }) => islandGroup === island_group);
    return { ...zone, provinces: [...provinces.map((province) => province.name), ...also] };
  });
  return {
    demo: true,
    shipping_zones: zones,
    default_shipping_fee: shipping.default_fee,
    // A page on anybody's disk can try the widget out.
    webchat: { allowed_origins: ['*'] },
  };
}
