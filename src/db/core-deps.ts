import type { Config } from '../config';
import type { Clock } from '../lib/clock';
import type { Ids } from '../lib/ids';
import type { Database } from './database';

/** What the order core needs to open transactions of its own. */
export interface CoreDeps {
  db: Database;
  clock: Clock;
  ids: Ids;
  /** Of the deployment; tests of the core do without. */
  config?: Pick<Config, 'riskDefaults'>;
  /** Something was put into the queue and committed: whoever works on it here begins at once (QUE-1). */
  wakeQueue?: () => void;
}
