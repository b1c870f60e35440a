import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';
import type { Action, WeightedBackend } from '../../../model/frontend.ts';
import { layer, overlap } from './header-edits.ts';

type Json = Record<string, unknown>;
type Edited = Pick<Action, 'requestHeaders' | 'responseHeaders'>;

/**
 * The edits of a rule and of its backends on levels where it does not matter which the proxy carries out first (it
 * depends on how many destinations there are: observed, rows 11.1, 18.1). Where both touch one header, the backends get
 * all of it; in the model theirs come last, and what both remove goes first.
 */
export const levelled = (action: Action): { readonly route: Edited; readonly backends: readonly WeightedBackend[] } => {
  const { target, requestHeaders, responseHeaders } = action;
  const route: Edited = {
    ...(requestHeaders ? { requestHeaders } : {}),
    ...(responseHeaders ? { responseHeaders } : {}),
  };
  if (target.kind !== 'forward') return { route, backends: [] };
  const mixed = (['requestHeaders', 'responseHeaders'] as const).filter(of =>
    target.backends.some(backend => overlap(route[of], backend[of])),
  );
  const without = Object.fromEntries(Object.entries(route).filter(([of]) => !mixed.includes(of as keyof Edited)));
  const both = (backend: WeightedBackend): WeightedBackend => ({
    ...backend,
    ...Object.fromEntries(
      mixed.flatMap(of => {
        const edits = together(route[of], backend[of]);
        return edits ? [[of, edits]] : [];
      }),
    ),
  });
  return { route: without, backends: mixed.length > 0 ? target.backends.map(both) : target.backends };
};

/** In one level what is set comes before what is added, as in the model; so adding stays adding. */
const together = (rule: HeaderEdits | undefined, backend: HeaderEdits | undefined): HeaderEdits | undefined => {
  if (!rule || !backend) return rule ?? backend;
  const { set: _, ...rest } = backend;
  const added = layer(rule, rest, 'together');
  const set = { ...rule.set, ...backend.set };
  return { ...added, ...(Object.keys(set).length > 0 ? { set } : {}) };
};

/** A percent sign begins a command of the proxy, unless there are two (observed, row 11.2). */
const literal = (headers: Readonly<Record<string, string>>): Json =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replaceAll('%', '%%')]));

const emitEdits = ({ set, add, remove }: HeaderEdits): Json => ({
  ...(set ? { set: literal(set) } : {}),
  ...(add ? { add: literal(add) } : {}),
  ...(remove ? { remove } : {}),
});

export const emitHeaders = (request: HeaderEdits | undefined, response: HeaderEdits | undefined): Json | undefined => {
  if (!request && !response) return undefined;
  return {
    ...(request ? { request: emitEdits(request) } : {}),
    ...(response ? { response: emitEdits(response) } : {}),
  };
};
