import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Where a process number means something: this boot of this machine, and in it this container. Containers that share a
 * host's name do not see each other's processes, and must not take each other for dead.
 */
const place = createHash('sha256')
  .update([hostname(), bootId(), processNamespace()].join('|'))
  .digest('hex')
  .slice(0, 12);

/** The name under which this process holds leases: place, process and a nonce, since process numbers come again. */
export const leaseOwner = (nonce: string): string =>
  `${place}.${process.pid}.${nonce}`.slice(0, 64);

/**
 * Whether a lease's owner is certainly dead: a process of this place that is no longer there. Of other places nobody can
 * know, and their leases run out. A restart after a crash thus goes on at once.
 */
export function isDeadOwner(owner: string, self: string): boolean {
  const [ownersPlace, pid] = owner.split('.');
  if (ownersPlace !== place || owner === self) return false;
  // Another nonce under our own number was before us.
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Linux only; elsewhere the machine's name has to do. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
