import path from 'node:path';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { createApi } from './api/api';
import { errorHandler, notFound } from './api/errors';
import { health } from './api/health';
import type { Deps } from './deps';
import { projectRoot } from './lib/project-root';
import { createPlayground } from './playground/playground';
import { createWebChat } from './webchat/webchat';
import { serveWidget } from './webchat/widget-file';
import { botFrameworkWebhook } from './webhooks/botframework';
import { messengerWebhook } from './webhooks/messenger';
import { twilioWebhook } from './webhooks/twilio';
import { whatsappWebhook } from './webhooks/whatsapp';

/** The HTTP side, without listening: tests drive it directly. */
export function createApp(deps: Deps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(helmet({ contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } } }));

  const healthChecks = health(deps, () => true);
  app.use(healthChecks.base, healthChecks.router);
  app.use('/webhooks/messenger', messengerWebhook(deps));
  app.use('/webhooks/whatsapp', whatsappWebhook(deps));
  app.use('/webhooks/twilio', twilioWebhook(deps));
  // Before the API, which asks for a key.
  app.use('/api/messages', botFrameworkWebhook(deps));
  app.use('/webchat', createWebChat(deps));
  app.get('/widget.js', serveWidget());
  app.use(
    '/pictures',
    express.static(path.join(projectRoot, 'src', 'demo', 'pictures'), {
      maxAge: '1d',
      index: false,
      // The web chat shows them on other sites' pages.
      setHeaders: (res) => res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin'),
    }),
  );
  if (deps.config.playground) app.use('/playground', createPlayground(deps));

  app.use(createApi(deps, [healthChecks]));
  app.get('/', (_req, res) =>
    deps.config.playground ? res.redirect('/playground') : res.json({ name: 'Tindera' }),
  );

  app.use(notFound);
  app.use(errorHandler(deps.log));
  return app;
}
