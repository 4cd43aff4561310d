/** What of our account a platform wants to see before it hands out a file. */
export interface MediaAccount {
  accountId: string;
  principal: string;
  token: string;
  apiUrl: string;
}

/** A file that came with a message: its address, or the id by which the platform tells it. */
export interface MediaSource {
  url: string | null;
  mediaId: string | null;
}

/** Where a file can be had now. */
export type MediaPlace =
  | {
      ok: true;
      url: string;
      /** Shown to this address only, not to where it sends us on. */
      authorization?: string;
    }
  /** The platform has no address for it, and has handed it out at once. */
  | { ok: true; bytes: Buffer }
  | {
      ok: false;
      /** `gone`: it is not to be had any more. `configuration`: our credentials are wrong. */
      reason: 'retry' | 'gone' | 'configuration' | 'refused';
      code: string;
    };

/** What asking a platform about a file may take. */
export interface MediaLimits {
  timeoutMs: number;
  allowsLoopback: boolean;
  signal?: AbortSignal;
}

export type LocateMedia = (
  account: MediaAccount,
  source: MediaSource,
  limits: MediaLimits,
) => Promise<MediaPlace>;

/** Where the platform tells the address itself, signed for a while: Messenger, Instagram, the Bot Framework. */
export const atItsAddress: LocateMedia = (_account, { url }) =>
  Promise.resolve(
    url === null ? { ok: false, reason: 'gone', code: 'no_address' } : { ok: true, url },
  );
