import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';

/**
 * Linkerd adds first, then sets, then removes (linkerd2-proxy `ModifyHeader::apply`); in the model what is removed goes
 * first. Names in two lists are said in one, so that both orders come to the same. Undefined where none does: a header
 * that is set and has a line added.
 */
export const inLinkerdsOrder = (edits: HeaderEdits): HeaderEdits | undefined => {
  const { set = {}, add = {}, remove = [], source } = edits;
  if (Object.keys(add).some(name => name in set)) return undefined;
  const replaced = Object.fromEntries(Object.entries(add).filter(([name]) => remove.includes(name)));
  const added = Object.fromEntries(Object.entries(add).filter(([name]) => !remove.includes(name)));
  const allSet = { ...set, ...replaced };
  const removed = remove.filter(name => !(name in allSet));
  return {
    ...(Object.keys(allSet).length > 0 ? { set: allSet } : {}),
    ...(Object.keys(added).length > 0 ? { add: added } : {}),
    ...(removed.length > 0 ? { remove: removed } : {}),
    ...(source ? { source } : {}),
  };
};

export const isSameEdit = (a: HeaderEdits, b: HeaderEdits): boolean =>
  (a.remove ?? []).length === (b.remove ?? []).length &&
  Object.keys(a.add ?? {}).length === Object.keys(b.add ?? {}).length;
