import type { Source } from '../../../base/source.ts';
import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';
import type { EntryField } from '../entry-field.ts';

type Edited = Pick<HeaderEdits, 'set' | 'add' | 'remove'>;
type TextMap = Readonly<Record<string, string>>;

const withParts = (
  set: TextMap,
  add: TextMap,
  remove: readonly string[],
  source: Source | undefined,
): HeaderEdits | undefined => {
  const edits: Edited = {
    ...(Object.keys(set).length > 0 ? { set } : {}),
    ...(Object.keys(add).length > 0 ? { add } : {}),
    ...(remove.length > 0 ? { remove } : {}),
  };
  return Object.keys(edits).length > 0 ? { ...edits, ...(source ? { source } : {}) } : undefined;
};

const lower = (map: TextMap = {}): TextMap =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name.toLowerCase(), value]));

/** Names are compared in lower case; nothing is removed that is not named. */
export const readHeaderEdits = (field: EntryField | undefined): HeaderEdits | undefined => {
  if (!field) return undefined;
  const set = lower(field.textMap('set'));
  const add = lower(field.textMap('add'));
  const remove = field.texts('remove')?.map(name => name.toLowerCase()) ?? [];
  return withParts(set, add, remove, field);
};

/**
 * The edits of a split and of the split that leads to it, which Consul puts together name by name: of what both set, or
 * both add, the one that `prevails` is left (observed, Consul 1.21.0: the inner for requests, the outer for responses).
 */
export const merged = (base: HeaderEdits | undefined, prevails: HeaderEdits | undefined): HeaderEdits | undefined => {
  if (!base || !prevails) return prevails ?? base;
  const set = { ...base.set, ...prevails.set };
  const add = { ...base.add, ...prevails.add };
  const remove = [...new Set([...(base.remove ?? []), ...(prevails.remove ?? [])])];
  return withParts(set, add, remove, prevails.source ?? base.source);
};

const namesIn = ({ set = {}, add = {}, remove = [] }: HeaderEdits): ReadonlySet<string> =>
  new Set([...Object.keys(set), ...Object.keys(add), ...remove]);

/** Whether both touch a header of the same name. */
export const overlap = (a: HeaderEdits | undefined, b: HeaderEdits | undefined): boolean => {
  if (!a || !b) return false;
  const names = namesIn(b);
  return [...namesIn(a)].some(name => names.has(name));
};

/** What becomes of one header: whether what is there stays, and the lines that come to it. */
interface Fate {
  readonly stays: boolean;
  readonly lines: readonly string[];
}

const after = ({ stays, lines }: Fate, name: string, { set = {}, add = {}, remove = [] }: HeaderEdits): Fate => {
  const value = set[name];
  const more = add[name] === undefined ? [] : [add[name]];
  if (value !== undefined) return { stays: false, lines: [value, ...more] };
  return remove.includes(name) ? { stays: false, lines: more } : { stays, lines: [...lines, ...more] };
};

/** First one, then the other, as Envoy carries out those of a split and then those of its route (observed, row 1.32). */
export const inTurn = (first: HeaderEdits | undefined, second: HeaderEdits | undefined): HeaderEdits | undefined => {
  if (!first || !second) return first ?? second;
  const set: Record<string, string> = {};
  const add: Record<string, string> = {};
  const remove: string[] = [];
  for (const name of new Set([...namesIn(first), ...namesIn(second)])) {
    const { stays, lines } = after(after({ stays: true, lines: [] }, name, first), name, second);
    const [line, ...more] = lines;
    if (stays) add[name] = lines.join(',');
    else if (line === undefined) remove.push(name);
    else set[name] = [line, ...more].join(',');
  }
  return withParts(set, add, remove, second.source ?? first.source);
};
