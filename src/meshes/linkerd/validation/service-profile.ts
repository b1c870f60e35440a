import type { Field } from '../../../base/field.ts';
import { parseDurationMs } from '../../../base/units.ts';
import type { KindRules, Tell } from './tell.ts';

const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** What the validator of ServiceProfiles demands (linkerd2 pkg/profiles `Validate`, 2.20). Expressions are not compiled. */
export const serviceProfile: KindRules = (spec, tell, { ref }) => {
  if (!subdomain.test(ref.name)) {
    tell('LINKERD903', { object: ref, path: 'metadata.name' }, `\`${ref.name}\` is no DNS name in lower case`);
  }
  for (const route of spec.list('routes')) tellRoute(route, tell);
  const budget = spec.at('retryBudget');
  if (!budget) return;
  const ratio = budget.at('retryRatio');
  if (ratio && Number(ratio.value) < 0) tell('LINKERD903', ratio, 'a ratio is not below zero');
  const ttl = budget.at('ttl');
  if (!ttl || ttl.value === '') tell('LINKERD905', budget, 'a retry budget needs `ttl`');
  else tellDuration(ttl, tell);
};

const tellRoute = (route: Field, tell: Tell): void => {
  if (!route.at('name')?.value) tell('LINKERD905', route, 'a route needs a name');
  const timeout = route.at('timeout');
  if (timeout && timeout.value !== '') tellDuration(timeout, tell);
  const condition = route.at('condition');
  if (!condition) tell('LINKERD905', route, 'a route needs a condition');
  else {
    const not = condition.at('not');
    if (not && !Array.isArray(not.value)) tell('LINKERD903', not, 'the schema takes only a list here');
    tellCondition(condition, ['pathRegex', 'method'], tell);
  }
  for (const entry of route.list('responseClasses')) {
    const fits = entry.at('condition');
    if (!fits) tell('LINKERD905', entry, 'a response class needs a condition');
    else tellCondition(fits, ['status'], tell);
  }
};

/**
 * A condition says something, by itself or by the conditions in it. Of a request, `not` is a list to the schema and a
 * single condition to the validator, so that it can only stand inside of `all` and `any`, which the schema leaves open.
 */
const tellCondition = (condition: Field, own: readonly string[], tell: Tell): void => {
  const isSaid = (key: string): boolean => condition.has(key) && condition.at(key)?.value !== '';
  if (![...own, 'all', 'any', 'not'].some(isSaid)) tell('LINKERD905', condition, 'a condition has to say something');
  for (const inner of [...condition.list('all'), ...condition.list('any')]) tellCondition(inner, own, tell);
  const not = condition.at('not');
  if (not && Array.isArray(not.value)) tell('LINKERD903', not, 'the validator takes only a single condition here');
  else if (not) tellCondition(not, own, tell);
  const status = condition.at('status');
  if (status && own.includes('status')) tellStatus(status, tell);
};

const tellStatus = (status: Field, tell: Tell): void => {
  const ends = ['min', 'max'].map(key => status.at(key));
  for (const end of ends) {
    const value = Number(end?.value ?? 0);
    if (end && value !== 0 && (value < 100 || value > 599)) tell('LINKERD903', end, `${value} is no status`);
  }
  const [min, max] = ends.map(end => Number(end?.value ?? 0)) as [number, number];
  if (min !== 0 && max !== 0 && max < min) tell('LINKERD902', status, 'the range ends before it begins');
};

const tellDuration = (field: Field, tell: Tell): void => {
  const text = String(field.value);
  if (parseDurationMs(text) === undefined) tell('LINKERD903', field, `\`${text}\` is no duration`);
};
