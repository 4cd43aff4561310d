import type { Queryable, Transaction } from '../db/database';
import type { ProductStatus } from './product';

export interface CategoryRecord {
  id: number;
  name: string;
  slug: string;
  description: string | null;
  imageUrl: string | null;
  position: number;
  status: ProductStatus;
  createdAt: Date;
  updatedAt: Date;
}

export type CategoryFields = Partial<Omit<CategoryRecord, 'id' | 'createdAt' | 'updatedAt'>>;

const COLUMNS: Record<keyof CategoryFields, string> = {
  name: 'name',
  slug: 'slug',
  description: 'description',
  imageUrl: 'image_url',
  position: 'position',
  status: 'status',
};

const SELECT = `SELECT id, name, slug, description, image_url AS imageUrl, position, status, created_at AS createdAt,
  updated_at AS updatedAt FROM categories`;

export async function findCategory(
  q: Queryable,
  businessId: number,
  id: number,
): Promise<CategoryRecord | null> {
  const [row] = await q.query<CategoryRecord>(
    `${SELECT} WHERE id = :id AND business_id = :businessId`,
    { id, businessId },
  );
  return row ?? null;
}

export async function listCategoryRecords(
  q: Queryable,
  filters: { businessId: number; status?: ProductStatus; afterId?: number; limit: number },
): Promise<CategoryRecord[]> {
  const where = ['business_id = :businessId'];
  where.push(filters.status ? 'status = :status' : "status <> 'archived'");
  if (filters.afterId !== undefined) where.push('id > :afterId');
  return q.query<CategoryRecord>(
    `${SELECT} WHERE ${where.join(' AND ')} ORDER BY id LIMIT :limit`,
    { ...filters },
  );
}

/** A slug that another category of the shop has is a duplicate key. */
export async function insertCategory(
  trx: Transaction,
  businessId: number,
  fields: CategoryFields,
): Promise<number> {
  const names = given(fields);
  const { insertId } = await trx.execute(
    `INSERT INTO categories (business_id, ${names.map((name) => COLUMNS[name]).join(', ')})
     VALUES (:businessId, ${names.map((name) => `:${name}`).join(', ')})`,
    { businessId, ...fields },
  );
  return insertId;
}

export async function updateCategory(
  trx: Transaction,
  businessId: number,
  id: number,
  fields: CategoryFields,
): Promise<void> {
  const names = given(fields);
  if (names.length === 0) return;
  const assignments = names.map((name) => `${COLUMNS[name]} = :${name}`).join(', ');
  await trx.execute(
    `UPDATE categories SET ${assignments} WHERE id = :id AND business_id = :businessId`,
    { ...fields, id, businessId },
  );
}

const given = (fields: CategoryFields): (keyof CategoryFields)[] =>
  (Object.keys(COLUMNS) as (keyof CategoryFields)[]).filter((name) => fields[name] !== undefined);
