import { createLinkCode, insertStaff, listStaff } from '../businesses/staff-store';
import type { Config } from '../config';
import type { Database } from '../db/database';
import type { Clock } from '../lib/clock';

const NAME = 'Shop admin';

/** A one-time code for the playground's member of staff, who is made at the first time (DLG-9). */
export async function createAdminLinkCode(
  { db, config, clock }: { db: Database; config: Config; clock: Clock },
  businessId: number,
): Promise<string> {
  return db.transaction(async (trx) => {
    const staff = await listStaff(trx, businessId);
    const admin = staff.find(
      ({ name, role, status }) => name === NAME && role === 'admin' && status === 'active',
    );
    const id =
      admin?.id ??
      (await insertStaff(trx, {
        business_id: businessId,
        name: NAME,
        role: 'admin',
        phone: null,
        email: null,
      }));
    const link = await createLinkCode(
      trx,
      config.encryptionKey,
      { id, business_id: businessId },
      clock.now(),
    );
    return link.code;
  });
}
