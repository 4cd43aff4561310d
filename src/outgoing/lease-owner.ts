import { createHash } from 'node:crypto';
import { hostname } from 'node:os';

const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 12);

/** The name under which this process holds leases: host, process and a nonce, since process numbers come again. */
export const leaseOwner = (nonce: string): string => `${host}.${process.pid}.${nonce}`.slice(0, 64);

/**
 * Whether a lease's owner is certainly dead: a process of this host that is no longer there. Of other hosts nobody can know, and
 * their leases run out. A restart after a crash thus goes on at once.
 */
export function isDeadOwner(owner: string, self: string): boolean {
  const [ownersHost, pid] = owner.split('.');
  if (ownersHost !== host || owner === self) return false;
  // In a container every process has the same number; another nonce under our own number was before us.
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
