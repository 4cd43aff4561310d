import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { Router } from 'express';
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
import { parseOr400 } from './errors';

export interface StaffApiDeps {
  db: Database;
  config: Config;
  clock: Clock;
  firstBusinessId: number;
}

const newStaff = z.object({
  name: z.string().trim().min(1).max(120),
  role: z.enum(ROLES),
  phone: z
    .string()
    .transform((text, context) => {
      const phone = parsePhoneNumberFromString(text, 'PH');
      if (phone?.isValid()) return phone.number as string;
      context.addIssue({ code: 'custom', message: 'must be a phone number like +639171234567' });
      return z.NEVER;
    })
    .nullish(),
  email: z.email().max(254).nullish(),
});
const staffId = z.coerce.number().int().positive();

/** `/api/staff`: who runs the shop, and the one-time codes that make a chat theirs (API-2). */
export function staffApi({ db, config, clock, firstBusinessId: businessId }: StaffApiDeps): Router {
  const router = Router();

  router.get('/', async (_req, res) => {
    res.json({ data: await listStaff(db, businessId), next_cursor: null });
  });

  router.post('/', async (req, res) => {
    const { name, role, phone, email } = parseOr400(newStaff, req.body);
    const id = await insertStaff(db, {
      business_id: businessId,
      name,
      role,
      phone: phone ?? null,
      email: email ?? null,
    });
    await recordAudit(db, {
      businessId,
      actor: 'api',
      action: 'staff.create',
      subject: `staff ${id}`,
      outcome: 'done',
    });
    res.status(201).json(await findStaff(db, businessId, id));
  });

  router.post('/:id/link-code', async (req, res) => {
    const id = staffId.safeParse(req.params.id);
    const staff = id.success ? await findStaff(db, businessId, id.data) : null;
    if (!staff || staff.status !== 'active') {
      throw new AppError(
        'STAFF_NOT_FOUND',
        404,
        'There is no active member of staff with this id.',
      );
    }
    const code = await createLinkCode(db, config.encryptionKey, staff, clock.now());
    await recordAudit(db, {
      businessId,
      actor: 'api',
      action: 'staff.link_code',
      subject: `staff ${staff.id}`,
      outcome: 'done',
    });
    res.status(201).json(code);
  });

  return router;
}
