import type { RequestHandler } from 'express';
import type { Config } from '../config';
import { AppError } from '../lib/errors';
import { equalInConstantTime } from '../lib/hash';
import { identify } from './identity';

/** `X-API-Key`: ADMIN_API_KEY is a key with role admin for the first business (RUN-4). */
export function requireApiKey({ adminApiKey }: Config, firstBusinessId: number): RequestHandler {
  return (req, _res, next) => {
    const given = req.get('x-api-key');
    if (given === undefined)
      throw new AppError('API_KEY_REQUIRED', 401, 'Send your API key in the header X-API-Key.');
    if (adminApiKey === undefined || !equalInConstantTime(given, adminApiKey)) {
      throw new AppError('API_KEY_INVALID', 401, 'This API key is not valid.');
    }
    identify(req, { actor: 'api', role: 'admin', businessId: firstBusinessId });
    next();
  };
}
