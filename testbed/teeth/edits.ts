/** Changes of one kind wherever they apply in a model. What nothing applies to is returned as it is, and not copied. */
import type { AccessCondition, AccessPolicy, AccessRule } from '../../src/model/capabilities/access.ts';
import type { DestinationSettings } from '../../src/model/capabilities/destination.ts';
import type { Action, Backend, Frontend, Rule, WeightedBackend } from '../../src/model/frontend.ts';
import type { HeaderMatch, Match, PathMatch, TextMatch } from '../../src/model/match.ts';
import type { Model } from '../../src/model/model.ts';

type Change<T> = (value: T) => T;
export type ModelChange = Change<Model>;

/** Every element changed; the list itself if none is. Undefined takes an element away. */
export const each = <T>(list: readonly T[], change: (value: T) => T | undefined): readonly T[] => {
  const changed = list.map(change);
  return changed.every((value, index) => value === list[index])
    ? list
    : changed.filter((value): value is Awaited<T> & {} => value !== undefined);
};

/** The object with one part changed; itself if that stays, and without the part where it becomes undefined. */
export const at = <T extends object, K extends keyof T>(
  whole: T,
  key: K,
  change: (part: T[K]) => T[K] | undefined,
): T => {
  const before = whole[key];
  if (before === undefined) return whole;
  const after = change(before);
  if (after === before) return whole;
  const { [key]: _, ...rest } = whole;
  return (after === undefined ? rest : { ...rest, [key]: after }) as T;
};

export const inFrontends =
  (change: (frontend: Frontend) => Frontend | undefined): ModelChange =>
  model =>
    at(model, 'frontends', frontends => each(frontends, change));

export const inRules = (change: Change<Rule>): ModelChange =>
  inFrontends(frontend => at(frontend, 'rules', rules => each(rules, change)));

export const inMatches = (change: Change<Match>): ModelChange => inRules(rule => at(rule, 'match', change));

export const inActions = (change: Change<Action>): ModelChange => inRules(rule => at(rule, 'action', change));

export const inPaths = (change: Change<PathMatch>): ModelChange =>
  inMatches(match => at(match, 'path', path => path && change(path)));

export const inHeaders = (change: (header: HeaderMatch) => HeaderMatch | undefined): ModelChange =>
  inMatches(match => at(match, 'headers', headers => each(headers ?? [], change)));

export const inHeaderTexts = (change: Change<TextMatch>): ModelChange =>
  inHeaders(header => at(header, 'match', change));

/** The backends of all rules that forward, as one list for each rule. */
export const inSplits = (change: (split: readonly WeightedBackend[]) => readonly WeightedBackend[]): ModelChange =>
  inActions(action =>
    at(action, 'target', target =>
      target.kind === 'forward' ? at(target, 'backends', backends => change(backends)) : target,
    ),
  );

export const inBackends = (change: Change<Backend>): ModelChange =>
  inSplits(split => each(split, share => at(share, 'backend', change)));

export const inDestinations =
  (change: Change<DestinationSettings>): ModelChange =>
  model =>
    at(model, 'destinations', destinations => each(destinations, change));

const inPolicies =
  (change: Change<AccessPolicy>): ModelChange =>
  model =>
    at(model, 'access', policies => each(policies, change));

export const inAccessRules = (change: (rule: AccessRule) => AccessRule | undefined): ModelChange =>
  inPolicies(policy => at(policy, 'rules', rules => each(rules, change)));

/** Takes all conditions about some attributes away. */
export const withoutConditions = (isAbout: (condition: AccessCondition) => boolean): ModelChange =>
  inAccessRules(rule =>
    at(rule, 'clauses', clauses =>
      each(clauses, clause =>
        at(clause, 'conditions', conditions =>
          each(conditions, condition => (isAbout(condition) ? undefined : condition)),
        ),
      ),
    ),
  );

/** For parts that are forgotten. */
export const nothing = (): undefined => undefined;
