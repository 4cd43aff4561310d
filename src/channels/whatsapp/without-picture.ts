interface Interactive {
  header?: { type?: string };
}

/** A message of WhatsApp without its picture: the caption as a text, buttons without what stood over them. Null when nothing is left. */
export function withoutPicture(payload: Record<string, unknown>): Record<string, unknown> | null {
  const caption = (payload.image as { caption?: string } | undefined)?.caption;
  if (payload.type === 'image')
    return caption ? { type: 'text', text: { body: caption, preview_url: false } } : null;
  const interactive = payload.interactive as Interactive | undefined;
  if (interactive?.header?.type !== 'image') return null;
  const rest = Object.entries(interactive).filter(([name]) => name !== 'header');
  return { ...payload, interactive: Object.fromEntries(rest) };
}
