import path from 'node:path';
import { openBrowser } from '../channels/whatsapp-web/browser-process';
import { isWhatsAppWeb } from '../channels/whatsapp-web/account';
import { keepLinked, type Linker } from '../channels/whatsapp-web/keep-linked';
import type { Deps } from '../deps';
import { projectRoot } from '../lib/project-root';
import { isDeadOwner, leaseOwner } from '../outgoing/lease-owner';
import { takeIn } from '../webhooks/take-in';

/** Links the shop's phone by a browser, where WHATSAPP_DRIVER asks for it; nothing is loaded or started elsewhere. */
export function linkWhatsApp(deps: Deps): Linker[] {
  const { whatsappWeb } = deps.config;
  if (!whatsappWeb) return [];
  const owner = leaseOwner(deps.ids.next());
  const settings = {
    ...whatsappWeb,
    sessionPath: path.resolve(projectRoot, whatsappWeb.sessionPath),
  };
  const accounts = deps.accounts.all.filter(({ accountId }) => isWhatsAppWeb(accountId));
  return accounts.map((account) => {
    const linker = keepLinked(
      {
        ...deps,
        settings,
        owner,
        isDead: (other) => isDeadOwner(other, owner),
        openBrowser,
        takeIn: (signer, events, receivedAt) => takeIn(deps, signer, events, receivedAt),
        show: (text) => void process.stdout.write(text),
      },
      account,
    );
    linker.start();
    return linker;
  });
}
