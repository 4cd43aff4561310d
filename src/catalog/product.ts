import type { Minor } from '../lib/money';

/** Compared with the database constraint by a test. */
export const PRODUCT_STATUSES = ['active', 'inactive', 'archived'] as const;
export type ProductStatus = (typeof PRODUCT_STATUSES)[number];

export interface Category {
  id: number;
  name: string;
}

/** A product as a shelf shows it. */
export interface Product {
  id: number;
  sku: string;
  name: string;
  description: string;
  /** The lowest price of its variants, or its own. */
  price: Minor;
  /** What can be sold now, over all variants. */
  available: number;
  lowStockThreshold: number;
  imageUrl: string | null;
  hasVariants: boolean;
}

/** One thing that can be bought: a product without variants, or a variant. */
export interface Sellable {
  sku: string;
  productId: number;
  variantId: number | null;
  /** "Plain tee (Black)" */
  name: string;
  productName: string;
  variantName: string | null;
  price: Minor;
  available: number;
  lowStockThreshold: number;
  imageUrl: string | null;
  /** The product is active and the variant, if it is one, is available. */
  isOffered: boolean;
}

/** "Plain tee (Black / L)" */
export const fullName = (item: { productName: string; variantName: string | null }): string =>
  item.variantName === null ? item.productName : `${item.productName} (${item.variantName})`;
