/** Edits of Consul's entries: most change what happens to some request, and some change nothing. */
import { harmless } from '../../../test/compare/harmless.ts';
import { type Mutation, ofPlaces, replaced } from '../../../test/compare/mutation.ts';

const lists = /^spec\.(?:routes|sources|sources\.#\.permissions)$/;

const dropRule = ofPlaces('drop a rule', ({ pattern }) =>
  pattern.endsWith('.#') && lists.test(pattern.slice(0, -2)) ? [undefined] : [],
);

const swapRules = ofPlaces('swap two rules', ({ pattern, value }) =>
  lists.test(pattern) && Array.isArray(value)
    ? value.slice(1).map((second, index) => value.with(index, second).with(index + 1, value[index]))
    : [],
);

const widenPrefix = ofPlaces('widen a prefix', ({ path, value }) =>
  path.at(-1) === 'pathPrefix' && typeof value === 'string' && value.length > 1 ? [value.slice(0, -1)] : [],
);

interface Share {
  readonly weight: number;
}

/** Shares have to add up to a hundred. */
const swapWeights = ofPlaces('swap weights', ({ pattern, value }) => {
  const shares = pattern === 'spec.splits' && Array.isArray(value) ? (value as Share[]) : [];
  return shares.length > 1
    ? [shares.map((share, index) => ({ ...share, weight: shares.at(-1 - index)?.weight ?? share.weight }))]
    : [];
});

const reorderSplits = ofPlaces('reorder shares', ({ pattern, value }) =>
  pattern === 'spec.splits' && Array.isArray(value) && value.length > 1 ? [value.toReversed()] : [],
);

const opposites: Readonly<Record<string, string>> = { allow: 'deny', deny: 'allow' };

const flipAction = ofPlaces('flip an action', ({ path, value }) => {
  const opposite = path.at(-1) === 'action' ? opposites[String(value)] : undefined;
  return opposite === undefined ? [] : [opposite];
});

const changeWait = ofPlaces('change a wait', ({ path, value }) =>
  path.at(-1) === 'requestTimeout' && value !== '1700ms' ? ['1700ms'] : [],
);

const changeRetry = ofPlaces('change a retry', ({ path, value }) =>
  path.at(-1) === 'numRetries' && typeof value === 'number' ? [value + 1] : [],
);

const conditions = /\.http\.(?:(?:header|queryParam)\.#|methods|path(?:Exact|Prefix|Regex))$/;

const dropCondition = ofPlaces('drop a condition', ({ pattern }) => (conditions.test(pattern) ? [undefined] : []));

const dropEdit = ofPlaces('drop a header edit', ({ pattern }) =>
  /\.(?:request|response)Headers\.(?:set|add|remove)$/.test(pattern) ? [undefined] : [],
);

const dropRewrite = ofPlaces('drop a rewrite', ({ path }) => (path.at(-1) === 'prefixRewrite' ? [undefined] : []));

/** What a service speaks says more than who is asked, and goes with the rest. */
const dropObject: Mutation = {
  kind: 'drop an object',
  *mutants(objects) {
    for (const object of objects.filter(({ ref }) => ref.kind !== 'ServiceDefaults'))
      yield { where: `${object.ref.kind} ${object.ref.name}`, objects: () => replaced(objects, object) };
  },
};

export const edits: readonly Mutation[] = [
  dropRule,
  swapRules,
  widenPrefix,
  swapWeights,
  flipAction,
  changeWait,
  changeRetry,
  dropCondition,
  dropEdit,
  dropRewrite,
  dropObject,
  reorderSplits,
  ...harmless.filter(({ kind }) => kind === 'respell a regex' || kind === 'documents in another order'),
];
