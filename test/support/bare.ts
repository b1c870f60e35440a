/** A value without where it comes from, as a text: two that are equal so are the same to every question. */
export const bare = (value: unknown): string =>
  JSON.stringify(value, (key, inner: unknown) =>
    key === 'source' || key === 'origin' || key === 'id' ? undefined : inner,
  );
