/**
 * Laws that an adapter is known to break, by law and adapter (the target, where there are two). Each is a fault to be
 * mended, and the list is to be empty. `SUPERGLOO_LAWS=all` tries them all the same.
 */
const unfinished: ReadonlySet<string> = new Set();

export const isUnfinished = (law: string, adapter: { readonly id: string }, from?: { readonly id: string }): boolean =>
  process.env.SUPERGLOO_LAWS !== 'all' &&
  (unfinished.has(`${law}: ${adapter.id}`) || unfinished.has(`${law}: ${adapter.id} from ${from?.id}`));
