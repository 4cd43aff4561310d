/** What it means when a check finds something: data or work that is off, something to look at soon, something to know. */
export type Level = 'wrong' | 'warning' | 'note';

/** Ids and figures of what was found. Never names, numbers or addresses of people. */
export type FoundRow = Record<string, string | number | boolean | Date | null>;

/** One claim about the database. `find` looks for what contradicts it. */
export interface Check {
  /** The requirement that it watches over. */
  id: string;
  name: string;
  claim: string;
  level: Level;
  /** What it means when the claim does not hold, and what to do then. */
  why: string;
  remedy: string;
  find(look: Look): Promise<void>;
}

/** A check's view of the database: one consistent snapshot, read only, for a limited time. */
export interface Look {
  query<Row = FoundRow>(sql: string, params?: Record<string, unknown>): Promise<Row[]>;
  found(rows: readonly FoundRow[]): void;
  /** How far the check has come, for when time runs out. Throws then. */
  covered(what: string): void;
  /** Enough has been found; the rest would only be counted. */
  isFull(): boolean;
  readonly rowsPerRange: number;
}

/** Beyond this the count says "more than". */
export const MAX_COUNTED = 1_000;

type Find = Check['find'];

/** A single SELECT that returns what is off. */
export function byRows(sql: string): Find {
  return async (look) => look.found(await look.query(limited(sql)));
}

/** The same over a table that may have millions of rows: in ranges of its ids (`:from` to `:to`), the newest first. */
export function byRanges(table: string, sql: string): Find {
  return async (look) => {
    const [newest] = await look.query<{ id: number | null }>(`SELECT MAX(id) AS id FROM ${table}`);
    let to = newest?.id ?? null;
    while (to !== null && !look.isFull()) {
      const [range] = await look.query<{ id: number }>(
        `SELECT MIN(id) AS id
         FROM (SELECT id FROM ${table} WHERE id <= :to ORDER BY id DESC LIMIT ${look.rowsPerRange}) AS newest`,
        { to },
      );
      const from: number = range?.id ?? to;
      look.found(await look.query(limited(sql), { from, to }));
      look.covered(`${table} from id ${from} on`);
      const [older] = await look.query<{ id: number | null }>(
        `SELECT MAX(id) AS id FROM ${table} WHERE id < :from`,
        { from },
      );
      to = older?.id ?? null;
    }
  };
}

/** Duplicates are looked for only where no unique key rules them out. */
export function byRowsUnlessUnique(table: string, columns: readonly string[], sql: string): Find {
  return async (look) => {
    const keys = await look.query<{ columns: string }>(
      `SELECT GROUP_CONCAT(column_name ORDER BY seq_in_index) AS columns
       FROM information_schema.statistics
       WHERE table_schema = DATABASE() AND table_name = :table AND non_unique = 0
       GROUP BY index_name`,
      { table },
    );
    if (keys.some((key) => key.columns === columns.join(','))) return;
    await byRows(sql)(look);
  };
}

const limited = (sql: string): string => `${sql}\nLIMIT ${MAX_COUNTED + 1}`;
