import type { FileOutcome } from '../messages';
import type { LibraryClient } from './library';

/** The file of a message, as the page decrypts it. Never throws. */
export async function downloadFile(
  client: LibraryClient,
  { messageId, maxBytes }: { messageId: string; maxBytes: number },
): Promise<FileOutcome> {
  const not = (why: 'gone' | 'too_large' | 'failed', message: string): FileOutcome => ({
    ok: false,
    why,
    message,
  });
  try {
    const message = await client.getMessageById(messageId);
    if (!message?.hasMedia) return not('gone', 'there is no such file');
    const { size } = message.rawData as { size?: unknown };
    if (typeof size === 'number' && size > maxBytes) return not('too_large', `${size} bytes`);
    const file = await message.downloadMedia();
    // Null: the phone has to upload it once more; it may do so later.
    if (file === null) return not('failed', 'the phone has not brought it again yet');
    if (file === undefined) return not('gone', 'WhatsApp does not have it any more');
    if (file.data.length * 0.75 > maxBytes) return not('too_large', 'it is larger than it said');
    return { ok: true, data: file.data };
  } catch (error) {
    return not('failed', error instanceof Error ? error.message : String(error));
  }
}
