/** Edits that change what happens to some request, in most places where they can be made. */
import { isConfiguration, type Mutation, ofObjects, ofPlaces } from './mutation.ts';

const ruleLists = /^spec\.(http|tls|tcp|rules|routes)$/;

const dropRule = ofPlaces('drop a rule', ({ pattern }) =>
  pattern.endsWith('.#') && ruleLists.test(pattern.slice(0, -2)) ? [undefined] : [],
);

const swapRules = ofPlaces('swap two rules', ({ pattern, value }) =>
  ruleLists.test(pattern) && Array.isArray(value)
    ? value.slice(1).map((second, index) => value.with(index, second).with(index + 1, value[index]))
    : [],
);

const widenPrefix = ofPlaces('widen a prefix', ({ path, pattern, value }) => {
  if (path.at(-1) === 'prefix' && typeof value === 'string' && value.length > 1) return [value.slice(0, -1)];
  const asGiven = value as { type?: unknown; value?: unknown } | null;
  if (path.at(-1) === 'path' && asGiven?.type === 'PathPrefix' && typeof asGiven.value === 'string') {
    return asGiven.value.length > 1 ? [{ ...asGiven, value: asGiven.value.replace(/\/[^/]*\/?$/, '') || '/' }] : [];
  }
  const isOfPaths = /\.(paths|notPaths)\.#$/.test(pattern) && typeof value === 'string' && value.length > 2;
  return isOfPaths && value.endsWith('*') ? [`${value.slice(0, -2)}*`] : [];
});

const changeWeight = ofPlaces('change a weight', ({ path, value }) =>
  path.at(-1) === 'weight' && typeof value === 'number' ? [value + 7, 0].filter(other => other !== value) : [],
);

/** Words that stand for a default in several kinds, and what else may stand there. */
const opposites: Readonly<Record<string, string>> = {
  STRICT: 'PERMISSIVE',
  PERMISSIVE: 'STRICT',
  DISABLE: 'PERMISSIVE',
  ISTIO_MUTUAL: 'DISABLE',
  ALLOW: 'DENY',
  DENY: 'ALLOW',
  REGISTRY_ONLY: 'ALLOW_ANY',
  ALLOW_ANY: 'REGISTRY_ONLY',
  deny: 'all-unauthenticated',
  'all-unauthenticated': 'all-authenticated',
  'all-authenticated': 'deny',
};

const flipDefault = ofPlaces('flip a default', ({ path, value }) => {
  const isDefault = /^(mode|action|accessPolicy|config\.linkerd\.io\/default-inbound-policy)$/;
  const opposite = isDefault.test(String(path.at(-1))) ? opposites[String(value)] : undefined;
  return opposite === undefined ? [] : [opposite];
});

const unescapeDot = ofPlaces('unescape a dot', ({ path, value }) => {
  const isRegex = /^(regex|value|pathRegex)$/.test(String(path.at(-1)));
  return isRegex && typeof value === 'string' && value.includes('\\.') ? [value.replace('\\.', '.')] : [];
});

const dropNegation = ofPlaces('drop a negation', ({ path }) =>
  /^not[A-Z]/.test(String(path.at(-1))) || path.at(-2) === 'withoutHeaders' ? [undefined] : [],
);

const callers =
  /\.(principals|namespaces|requestPrincipals|serviceAccounts|ipBlocks|identities|identityRefs|requiredAuthenticationRefs)\.#$/;

const dropPrincipal = ofPlaces('drop a principal', ({ pattern }) => (callers.test(pattern) ? [undefined] : []));

const isTimeout = /^(timeout|perTryTimeout|request|backendRequest|timeout\.linkerd\.io\/\w+)$/;

const changeTimeout = ofPlaces('change a timeout', ({ path, value }) =>
  isTimeout.test(String(path.at(-1))) && typeof value === 'string' && /^\d/.test(value) ? ['17s'] : [],
);

const changeRetry = ofPlaces('change a retry', ({ path, value }) => {
  const key = String(path.at(-1));
  if (key === 'attempts' && typeof value === 'number') return [value + 1];
  if (key === 'isRetryable') return [!value];
  return key === 'retry.linkerd.io/limit' ? [String(Number(value) + 1)] : [];
});

const conditions = /\.(match|matches)\.#\.((headers|queryParams|sourceLabels)\.[^.]+|method|uri|path|authority)$/;

const dropCondition = ofPlaces('drop a header match', ({ pattern }) => (conditions.test(pattern) ? [undefined] : []));

const dropObject = ofObjects('drop an object', object => (isConfiguration(object) ? [] : undefined));

export const changing: readonly Mutation[] = [
  dropRule,
  swapRules,
  widenPrefix,
  changeWeight,
  flipDefault,
  unescapeDot,
  dropNegation,
  dropPrincipal,
  changeTimeout,
  changeRetry,
  dropCondition,
  dropObject,
];
