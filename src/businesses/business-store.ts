import type { Queryable } from '../db/database';
import { readJson } from '../lib/json';
import { settingsSchema, type BusinessSettings, type StoredSettings } from './settings';

export interface Business {
  id: number;
  slug: string;
  name: string;
  currency: string;
  country: string;
  timezone: string;
  language: string;
  settings: BusinessSettings;
}

export interface NewBusiness {
  slug: string;
  name: string;
  currency?: string;
  country?: string;
  timezone?: string;
  language?: string;
  settings?: StoredSettings;
}

const COLUMNS = 'id, slug, name, currency, country, timezone, language, settings';
type Row = Omit<Business, 'settings'> & { settings: string };

export async function findBusiness(q: Queryable, id: number): Promise<Business | null> {
  const [row] = await q.query<Row>(`SELECT ${COLUMNS} FROM businesses WHERE id = :id`, { id });
  return row ? toBusiness(row) : null;
}

/** The business that the environment's credentials and ADMIN_API_KEY belong to (RUN-6). */
export async function firstBusiness(q: Queryable): Promise<Business | null> {
  const [row] = await q.query<Row>(`SELECT ${COLUMNS} FROM businesses ORDER BY id LIMIT 1`);
  return row ? toBusiness(row) : null;
}

/**
 * Makes a business, or finds the one with this slug: two instances that start at once make one. Returns its id.
 */
export async function createBusiness(q: Queryable, business: NewBusiness): Promise<number> {
  settingsSchema.parse(business.settings ?? {});
  const { insertId } = await q.execute(
    `INSERT INTO businesses (slug, name, currency, country, timezone, language, settings)
     VALUES (:slug, :name, :currency, :country, :timezone, :language, :settings)
     ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id)`,
    {
      slug: business.slug,
      name: business.name,
      currency: business.currency ?? 'PHP',
      country: business.country ?? 'PH',
      timezone: business.timezone ?? 'Asia/Manila',
      language: business.language ?? 'en',
      settings: JSON.stringify(business.settings ?? {}),
    },
  );
  return insertId;
}

function toBusiness(row: Row): Business {
  return { ...row, settings: readJson(settingsSchema, row.settings) };
}
