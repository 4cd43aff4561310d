import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { z } from 'zod';
import {
  createLinkCode,
  findStaff,
  insertStaff,
  listStaff,
  ROLES,
} from '../businesses/staff-store';
import { recordAudit } from '../businesses/audit-store';
import type { Config } from '../config';
import type { Database } from '../db/database';
import type { Clock } from '../lib/clock';
import { AppError } from '../lib/errors';
import { iso, listOf, out } from './fields';
import { resource, type Resource } from './resource';

export interface StaffApiDeps {
  db: Database;
  config: Config;
  clock: Clock;
}

const newStaff = z.object({
  name: z.string().trim().min(1).max(120),
  role: z.enum(ROLES),
  phone: z
    .string()
    .transform((text, context) => {
      const phone = parsePhoneNumberFromString(text, 'PH');
      if (phone?.isValid()) return phone.number;
      context.addIssue({ code: 'custom', message: 'must be a phone number like +639171234567' });
      return z.NEVER;
    })
    .nullish(),
  email: z.email().max(254).nullish(),
});
const staffSchema = z
  .object({
    id: out.id,
    business_id: out.id,
    name: out.text,
    role: z.enum(ROLES),
    phone: out.text.nullable(),
    email: out.text.nullable(),
    status: z.enum(['active', 'inactive']),
  })
  .meta({ id: 'Staff' });

/** `/api/staff`: who runs the shop, and the one-time codes that make a chat theirs (API-2). */
export function staffApi({ db, config, clock }: StaffApiDeps): Resource {
  const api = resource('/api/staff', 'Staff');

  api.get('/', { summary: 'List staff', answer: listOf(staffSchema) }, async ({ who }) => ({
    data: await listStaff(db, who.businessId),
    next_cursor: null,
  }));

  api.post(
    '/',
    {
      summary: 'Add a member of staff',
      role: 'admin',
      body: newStaff,
      status: 201,
      answer: staffSchema,
    },
    async ({ who, body: { name, role, phone, email } }) => {
      const id = await db.transaction(async (trx) => {
        const added = await insertStaff(trx, {
          business_id: who.businessId,
          name,
          role,
          phone: phone ?? null,
          email: email ?? null,
        });
        await recordAudit(trx, {
          businessId: who.businessId,
          actor: who.actor,
          action: 'staff.create',
          subject: `staff ${added}`,
          outcome: 'done',
        });
        return added;
      });
      return (await findStaff(db, who.businessId, id)) ?? undefined;
    },
  );

  api.post(
    '/:id/link-code',
    {
      summary: 'Make a one-time code with which a chat becomes theirs',
      role: 'admin',
      status: 201,
      answer: z.object({ code: out.text, expires_at: out.instant }),
      problems: { 404: ['STAFF_NOT_FOUND'] },
    },
    async ({ who, params: { id } }) => {
      const staff = /^\d{1,15}$/.test(id ?? '')
        ? await findStaff(db, who.businessId, Number(id))
        : null;
      if (!staff || staff.status !== 'active') {
        throw new AppError(
          'STAFF_NOT_FOUND',
          404,
          'There is no active member of staff with this id.',
        );
      }
      const code = await createLinkCode(db, config.encryptionKey, staff, clock.now());
      await recordAudit(db, {
        businessId: who.businessId,
        actor: who.actor,
        action: 'staff.link_code',
        subject: `staff ${staff.id}`,
        outcome: 'done',
      });
      return { code: code.code, expires_at: iso(code.expires_at) };
    },
  );

  return api;
}
