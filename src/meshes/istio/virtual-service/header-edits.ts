import type { Field } from '../../../base/field.ts';
import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';

/**
 * The `headers` of a rule or of one destination, as the proxy carries them out: one level removes, then sets, then adds.
 * What writes the Host is no header edit but a rewrite (observed, row 11.2).
 */
export interface Edits {
  readonly request?: HeaderEdits;
  readonly response?: HeaderEdits;
  readonly host?: string;
}

const none: Edits = {};

export const readEdits = (headers: Field | undefined): Edits => {
  if (!headers) return none;
  const request = readHeaderEdits(headers.at('request'));
  const response = readHeaderEdits(headers.at('response'));
  const host = readHost(headers.at('request'));
  return {
    ...(request ? { request } : {}),
    ...(response ? { response } : {}),
    ...(host === undefined ? {} : { host }),
  };
};

const isHost = (name: string): boolean => /^(?:host|:authority)$/i.test(name);
const isInternal = (name: string): boolean => name.startsWith(':') || isHost(name);

/** The Host that is written, by either name; what is set counts before what is added. */
const readHost = (request: Field | undefined): string | undefined => {
  for (const key of ['set', 'add']) {
    for (const [name, value] of request?.entries(key) ?? []) if (isHost(name)) return literal(value);
  }
  return undefined;
};

const readHeaderEdits = (field: Field | undefined): HeaderEdits | undefined => {
  if (!field) return undefined;
  const values = (key: 'set' | 'add'): Record<string, string> =>
    Object.fromEntries(
      field.entries(key).flatMap(([name, value]) => {
        if (isHost(name)) return [];
        if (isInternal(name)) value.leave('proxies do not touch this header');
        const text = isInternal(name) ? undefined : literal(value);
        return text === undefined ? [] : [[name.toLowerCase(), text] as const];
      }),
    );
  const [set, add] = [values('set'), values('add')];
  const remove = field.list('remove').flatMap(item => {
    const name = item.asText() ?? '';
    if (isInternal(name)) item.leave('proxies do not touch this header');
    return isInternal(name) || name === '' ? [] : [name.toLowerCase()];
  });
  return editsOf({ set, add, remove }, field);
};

/** Undefined if they change nothing. */
const editsOf = (
  { set = {}, add = {}, remove = [] }: Pick<HeaderEdits, 'set' | 'add' | 'remove'>,
  source: HeaderEdits['source'],
): HeaderEdits | undefined => {
  const parts = {
    ...(Object.keys(set).length > 0 ? { set } : {}),
    ...(Object.keys(add).length > 0 ? { add } : {}),
    ...(remove.length > 0 ? { remove: [...new Set(remove)] } : {}),
  };
  return Object.keys(parts).length > 0 ? { ...parts, ...(source ? { source } : {}) } : undefined;
};

/**
 * A value as it is sent: `%%` is a percent sign. Commands (`%REQ(x)%`) are computed from each request (observed, row
 * 11.2); no model can say that, so such a value is left out, which is reported.
 */
const literal = (value: Field): string | undefined => {
  const text = value.asText();
  if (text === undefined || !text.includes('%')) return text;
  if (!text.replaceAll('%%', '').includes('%')) return text.replaceAll('%%', '%');
  value.leave('the proxy computes this value for each request (`%` commands), which has no counterpart elsewhere');
  return undefined;
};

const namesOf = (edits: HeaderEdits): string[] => [
  ...Object.keys(edits.set ?? {}),
  ...Object.keys(edits.add ?? {}),
  ...(edits.remove ?? []),
];

/** Whether two levels touch one header, so that it matters which comes first. */
export const overlap = (a: HeaderEdits | undefined, b: HeaderEdits | undefined): boolean => {
  if (!a || !b) return false;
  const names = new Set(namesOf(a));
  return namesOf(b).some(name => names.has(name));
};

/**
 * Two levels in one. `together`: what both remove goes first (one destination: observed, row 11.1). `inTurn`: all of the
 * first level, then all of the second, which so removes what the first has set (several destinations: row 18.1).
 */
export const layer = (
  first: HeaderEdits | undefined,
  second: HeaderEdits | undefined,
  how: 'together' | 'inTurn',
): HeaderEdits | undefined => {
  if (!first || !second) return first ?? second;
  const replaced = new Set([...Object.keys(second.set ?? {}), ...(how === 'inTurn' ? (second.remove ?? []) : [])]);
  const kept = (headers: Readonly<Record<string, string>> = {}): Record<string, string> =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !replaced.has(name)));
  const add = kept(first.add);
  for (const [name, value] of Object.entries(second.add ?? {})) {
    add[name] = add[name] === undefined ? value : `${add[name]},${value}`;
  }
  return editsOf(
    { set: { ...kept(first.set), ...second.set }, add, remove: [...(first.remove ?? []), ...(second.remove ?? [])] },
    second.source ?? first.source,
  );
};
