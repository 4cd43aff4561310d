import type { Knex } from 'knex';
import { connectionOptions } from './src/db/database';
import { migrationSource } from './src/db/migration-source';

/** For knex's own command line and for src/db/migrate.ts: one configuration. */
const config = (url: string): Knex.Config => {
  const { uri, ...options } = connectionOptions(url);
  return {
    client: 'mysql2',
    // knex writes it behind DEFAULT CHARACTER SET, where a collation is not allowed.
    connection: { ...options, uri, charset: 'utf8mb4' } as Knex.MySql2ConnectionConfig,
    pool: { min: 0, max: 2 },
    migrations: { migrationSource, tableName: 'schema_migrations' },
  };
};

export { config as knexConfig };
export default config(process.env.DATABASE_URL ?? 'mysql://root@localhost/tindera');
