import { developmentSecrets } from './development-secrets.mjs';
import { developmentPlace, useDatabase } from './private-database.mjs';

const NO_DATABASE = { release: async () => {} };

export function isProduction() {
  return process.env.NODE_ENV === 'production';
}

/**
 * What a program of ours runs with: the environment, outside production completed by this clone's secrets
 * and, when no DATABASE_URL is set, by a private database. In production the program itself reports what is missing.
 */
export async function prepareEnvironment(signal) {
  if (isProduction()) return { env: process.env, database: NO_DATABASE };
  const env = { ...process.env };
  // `||=`: a line `JWT_SECRET=` in .env means "not set".
  for (const [name, value] of Object.entries(developmentSecrets())) env[name] ||= value;
  if (process.env.DATABASE_URL) return { env, database: NO_DATABASE };
  const database = await useDatabase(developmentPlace(), signal);
  return { env: { ...env, DATABASE_URL: database.url('tindera') }, database };
}
