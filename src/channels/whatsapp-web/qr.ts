import { renderSVG, renderUnicodeCompact } from 'uqr';

/** The code as a picture for a page. */
export const qrSvg = (code: string): string => renderSVG(code, { border: 4, pixelSize: 8 });

/** The code for a terminal, with what to do with it. */
export const qrForTerminal = (code: string): string =>
  [
    '',
    "WhatsApp is not linked yet. On the shop's phone: WhatsApp, Settings, Linked devices, Link a device; then scan this.",
    renderUnicodeCompact(code, { border: 2 }),
    '',
  ].join('\n');
