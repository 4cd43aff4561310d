import type { SendRequest, SendResult } from '../channel';
import { SEND_TIMEOUT_MS } from '../http';
import { callSendApi } from '../messenger/send';

/** One call of the Send API, by way of the page that the account is linked to; Instagram carries no mark of ours. */
export const sendInstagram = (
  { account, to, payload }: SendRequest,
  timeoutMs = SEND_TIMEOUT_MS,
): Promise<SendResult> =>
  callSendApi(account, account.principal, { recipient: { id: to }, ...payload }, timeoutMs);
