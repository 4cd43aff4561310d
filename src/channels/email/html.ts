const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => ESCAPES[char]!);

/** An address in a text ends before the punctuation that follows it. */
const LINK = /https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)]/g;

/** The words of a mail as a page that mail programs show alike: inline styles, one column, nothing loaded but the picture. */
export function mailHtml(mail: { subject: string; text: string; imageUrl?: string }): string {
  const paragraphs = mail.text
    .split(/\n{2,}/)
    .map(
      (paragraph) =>
        `<p style="margin:0 0 16px">${withLinks(paragraph).replaceAll('\n', '<br>')}</p>`,
    );
  const picture =
    mail.imageUrl === undefined
      ? ''
      : `<img src="${escapeHtml(mail.imageUrl)}" alt="" style="max-width:100%;border-radius:8px;margin:0 0 16px">`;
  return [
    '<!doctype html>',
    '<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${escapeHtml(mail.subject)}</title></head>`,
    '<body style="margin:0;padding:24px;background:#fbf7f1">',
    '<div style="max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border-radius:12px;',
    "font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#2b2320\">",
    picture,
    ...paragraphs,
    '</div></body></html>',
  ].join('\n');
}

/** Each piece is escaped on its own: an address keeps its ampersands, and nothing of a text becomes a tag. */
function withLinks(text: string): string {
  let html = '';
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const href = escapeHtml(match[0]);
    html += `${escapeHtml(text.slice(from, match.index))}<a href="${href}">${href}</a>`;
    from = match.index + match[0].length;
  }
  return html + escapeHtml(text.slice(from));
}
