/** WhatsApp takes pictures of up to 5 MB. */
const MAX_BYTES = 5 * 1024 * 1024;
const TIMEOUT_MS = 3_000;
const TYPES = new Set(['image/jpeg', 'image/png', 'image/webp']);

/**
 * A picture of the catalogue, as base64: WhatsApp Web uploads it itself. Nothing when it cannot be had or is no picture of
 * a kind that WhatsApp shows; the text goes without it then. Its address was entered by staff, not by a customer.
 */
export async function fetchPicture(
  url: string,
): Promise<{ mimetype: string; data: string } | undefined> {
  try {
    const response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const mimetype = (response.headers.get('content-type') ?? '').split(';')[0]!.trim();
    if (!response.ok || !TYPES.has(mimetype) || !response.body) return undefined;
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
      size += part.byteLength;
      if (size > MAX_BYTES) return undefined;
      parts.push(part);
    }
    return { mimetype, data: Buffer.concat(parts).toString('base64') };
  } catch {
    return undefined;
  }
}
