import { equalInConstantTime, hmacSha256 } from '../../lib/hash';

/** `X-Hub-Signature-256` over the raw bytes (Messenger Platform, "Validating payloads"). The old SHA-1 header counts for nothing. */
export function isSignedBy(secret: string, rawBody: Buffer, header: string | undefined): boolean {
  return (
    header !== undefined && equalInConstantTime(`sha256=${hmacSha256(secret, rawBody)}`, header)
  );
}
