import type { HeaderEdits } from '../../model/capabilities/header-edits.ts';
import type { HeaderChange } from '../outcome.ts';
import type { Request } from '../request.ts';

const sorted = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Edits as plain values in a stable order; undefined if they change nothing. */
const change = (
  set: Readonly<Record<string, string>>,
  add: Readonly<Record<string, string>>,
  remove: readonly string[],
): HeaderChange | undefined => {
  const both = Object.keys(add).filter(name => set[name] !== undefined);
  const lines = { ...set, ...Object.fromEntries(both.map(name => [name, `${set[name]},${add[name]}`])) };
  const more = Object.fromEntries(Object.entries(add).filter(([name]) => !both.includes(name)));
  const parts: HeaderChange = {
    ...(Object.keys(lines).length > 0 ? { set: sorted(lines) } : {}),
    ...(Object.keys(more).length > 0 ? { add: sorted(more) } : {}),
    ...(remove.length > 0 ? { remove: [...new Set(remove)].sort() } : {}),
  };
  return Object.keys(parts).length > 0 ? parts : undefined;
};

/**
 * The edits of a rule and of one of its backends together. The backend has the last word on what is set; what both add,
 * and what is added to what is set, becomes one line with commas, which HTTP takes for two.
 */
export const combineEdits = (
  rule: HeaderEdits | undefined,
  backend: HeaderEdits | undefined,
): HeaderChange | undefined => {
  if (!rule && !backend) return undefined;
  const add: Record<string, string> = { ...rule?.add };
  for (const [name, value] of Object.entries(backend?.add ?? {})) {
    add[name] = add[name] === undefined ? value : `${add[name]},${value}`;
  }
  return change({ ...rule?.set, ...backend?.set }, add, [...(rule?.remove ?? []), ...(backend?.remove ?? [])]);
};

/** The request after its headers were edited: removed first, then set, then added. Setting the host changes the Host. */
export const editHeaders = (request: Request, edits: HeaderChange | undefined): Request => {
  if (!edits) return request;
  const set = Object.entries(edits.set ?? {});
  const replaced = new Set([...(edits.remove ?? []), ...set.map(([name]) => name)]);
  const host = edits.set?.host ?? edits.set?.[':authority'];
  const isHost = (name: string): boolean => name === 'host' || name === ':authority';
  const headers = [
    ...request.headers.filter(([name]) => !replaced.has(name)),
    ...set.filter(([name]) => !isHost(name)),
    ...Object.entries(edits.add ?? {}),
  ];
  return { ...request, headers, ...(host !== undefined ? { authority: host } : {}) };
};
