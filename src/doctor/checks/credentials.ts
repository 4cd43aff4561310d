import { allChannels } from '../../businesses/channel-account-store';
import { openSecrets } from '../../businesses/channel-credentials';
import { createKeyRing, type KeyRing } from '../../lib/secret-box';
import type { Check, FoundRow } from '../check';

/** The keys that the product would have: those that are no keys are left out, as if they were not set. */
export function credentialChecks(...keys: readonly (string | undefined)[]): Check[] {
  const usable = keys.filter((key): key is string => /^[0-9a-fA-F]{64}$/.test(key ?? ''));
  const [current, ...earlier] = usable;
  const ring = current === undefined ? null : createKeyRing(current, ...earlier);
  return [
    {
      id: 'RUN-6',
      name: 'credentials-open',
      claim: 'the stored credentials of every channel can be decrypted',
      level: 'wrong',
      why: 'Without its credentials a channel is off: its messages are refused and nothing is sent. The key is another one, or the row was changed by hand.',
      remedy:
        'Set the ENCRYPTION_KEY that they were stored with (the one before as ENCRYPTION_KEY_PREVIOUS), or store them again: PUT /api/businesses/:id/channels/…',
      find: async (look) => {
        const rows = await allChannels({
          query: <Row>(sql: string) => look.query<Row>(sql),
        });
        look.found(rows.flatMap((row) => unreadable(ring, row)));
      },
    },
  ];
}

type Row = Awaited<ReturnType<typeof allChannels>>[number];

function unreadable(ring: KeyRing | null, row: Row): FoundRow[] {
  const { id, businessId, channel } = row;
  const about = { channel_id: id, business_id: businessId, channel };
  if (!ring) return [{ ...about, field: null, reason: 'ENCRYPTION_KEY is not set here' }];
  const opened = openSecrets(ring, row);
  return opened.ok ? [] : [{ ...about, field: opened.field, reason: opened.reason }];
}
