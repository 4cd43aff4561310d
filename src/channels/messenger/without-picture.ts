interface Attachment {
  type: string;
  payload?: { elements?: Record<string, unknown>[] };
}

/** A message of Messenger or Instagram without its pictures: of a carousel the cards stay, of a picture alone nothing (null). */
export function withoutPicture(payload: Record<string, unknown>): Record<string, unknown> | null {
  const { attachment } = (payload.message ?? {}) as { attachment?: Attachment };
  const elements = attachment?.payload?.elements;
  if (attachment?.type !== 'template' || !elements) return null;
  if (!elements.some((element) => 'image_url' in element)) return null;
  const bare = elements.map((element) =>
    Object.fromEntries(Object.entries(element).filter(([name]) => name !== 'image_url')),
  );
  return {
    ...payload,
    message: {
      ...(payload.message as object),
      attachment: { ...attachment, payload: { ...attachment.payload, elements: bare } },
    },
  };
}
