import mysql from 'mysql2/promise';
import { connectionOptions } from '../../../src/db/database';
import { splitDatabaseUrl } from '../../../src/db/migrate';

/** What the server has done since it was started: for everybody, so nobody else may use it during a run. */
export interface Counters {
  /** Round trips: one for each statement. */
  statements: number;
  /** Times that something was forced to the disk; commits that wait together share one. */
  syncs: number;
}

export interface CounterReader {
  read(): Promise<Counters>;
  close(): Promise<void>;
}

export async function readCounters(url: string): Promise<CounterReader> {
  const connection = await mysql.createConnection(connectionOptions(splitDatabaseUrl(url).server));
  return {
    read: async () => {
      const [rows] = await connection.query<mysql.RowDataPacket[]>(
        "SHOW GLOBAL STATUS WHERE Variable_name IN ('Questions', 'Innodb_data_fsyncs')",
      );
      const of = (name: string) =>
        Number(rows.find((row) => row.Variable_name === name)?.Value ?? NaN);
      return { statements: of('Questions'), syncs: of('Innodb_data_fsyncs') };
    },
    close: () => connection.end(),
  };
}
