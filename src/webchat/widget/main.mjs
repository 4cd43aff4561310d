import { createClient } from './client.mjs';
import { createPanel } from './panel.mjs';
import { openStorage } from './storage.mjs';
import { wordsOf } from './words.mjs';

/**
 * `<script src="https://…/widget.js" data-business="…" async></script>` puts the shop's chat into a page. Optional:
 * data-color (the button and the visitor's bubbles), data-title, data-language (en, fil), data-open ("true": opened).
 */
const script = document.currentScript;

function start() {
  const { business, color, title, language, open } = script.dataset;
  if (!business) {
    console.error('The chat needs to know the shop: <script … data-business="…">');
    return;
  }
  const name = `tindera-chat-${business}`;
  if (document.getElementById(name)) return;
  const origin = new URL(script.src).origin;
  const words = wordsOf(language || document.documentElement.lang);
  const storage = openStorage(`${origin} ${name}`);
  // The panel is told what the client hears, and tells the client what the visitor does.
  const client = createClient({
    origin,
    business,
    storage,
    referral: new URL(location.href).searchParams.get('ref'),
    onChange: () => panel.draw(),
  });
  const panel = createPanel({ id: name, origin, client, storage, words, color, title });
  document.body.append(panel.element);
  if (open === 'true' || storage.get('isOpen')) panel.open(false);
  else if (storage.get('hasStarted')) {
    client.listen();
    client.resume();
  }
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
else start();
