import type { ServerScope } from '../../../../model/scope.ts';

const anywhere = '';

/** Items by the namespaces they are for, so that only those near a scope are looked at. */
export const byNamespace = <T>(
  items: readonly T[],
  scopeOf: (item: T) => ServerScope,
): ((scope: ServerScope) => readonly T[]) => {
  const lists = new Map<string, T[]>();
  for (const item of items) {
    for (const namespace of scopeOf(item).namespaces ?? [anywhere]) {
      const list = lists.get(namespace);
      if (list) list.push(item);
      else lists.set(namespace, [item]);
    }
  }
  return ({ namespaces }) =>
    namespaces ? [...new Set([...namespaces, anywhere].flatMap(namespace => lists.get(namespace) ?? []))] : items;
};
