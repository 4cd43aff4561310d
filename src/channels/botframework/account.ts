import type { Account } from '../channel';

/** The bot of the Bot Framework that MICROSOFT_APP_ID names; without one, the Emulator's on this machine. */
export interface BotFrameworkSettings {
  appId: string;
  appPassword: string;
  /** The directory of a single-tenant bot; `botframework.com` for one that is registered for all. */
  tenantId: string;
}

export const EMULATOR = 'emulator';

export const botFrameworkAccount = (
  settings: BotFrameworkSettings | undefined,
  businessId: number,
  { loginUrl, isProduction }: { loginUrl: string; isProduction: boolean },
): Account => ({
  channel: 'botframework',
  accountId: settings?.appId ?? EMULATOR,
  businessId,
  secret: '',
  token: settings?.appPassword ?? '',
  principal: settings?.tenantId ?? '',
  apiUrl: loginUrl,
  allowsLoopback: !isProduction,
  isPlayground: false,
});

/** No app id: nothing is signed, and only the Emulator on this machine is spoken to. */
export const isEmulatorOnly = (account: Account): boolean => account.accountId === EMULATOR;
