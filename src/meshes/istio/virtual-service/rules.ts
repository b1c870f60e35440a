import type { Field } from '../../../base/field.ts';
import type { Action, Rule } from '../../../model/frontend.ts';
import { everything, type Match } from '../../../model/match.ts';
import { metadataOf, type NativeObject, namespaceOf } from '../../../native/snapshot.ts';
import { type Reading, report } from '../reading.ts';
import { readAction, type Written } from './action.ts';
import { delegateName, joinMatches } from './delegate.ts';
import { type FindSubset, findBackend } from './destinations.ts';
import { gatewayNames, isForSide, readHttpMatch, type Side } from './match.ts';

/** A VirtualService with what is needed to place it, and its rules, read once per side. */
export interface VirtualService {
  readonly object: NativeObject;
  readonly namespace: string;
  readonly spec: Field;
  readonly hosts: readonly string[];
  /** `mesh` or `namespace/name`. */
  readonly gateways: readonly string[];
  readonly exportTo: readonly string[];
  readonly creationTimestamp?: string;
}

export const virtualServiceOf = (reading: Reading, object: NativeObject): VirtualService | undefined => {
  const spec = reading.snapshot.field(object).at('spec');
  if (!spec) return undefined;
  const namespace = namespaceOf(object.ref);
  const { creationTimestamp } = metadataOf(object);
  return {
    object,
    namespace,
    spec,
    hosts: spec.texts('hosts') ?? [],
    gateways: gatewayNames(spec, namespace) ?? ['mesh'],
    exportTo: spec.texts('exportTo') ?? reading.config.defaultVirtualServiceExportTo,
    ...(creationTimestamp ? { creationTimestamp } : {}),
  };
};

/** A VirtualService without hosts is the child of a delegate and does nothing on its own. */
export const isDelegate = (vs: VirtualService): boolean => vs.hosts.length === 0;

export type Delegates = (namespace: string, name: string) => VirtualService | undefined;

/**
 * `http[]` as a decision list for one side: list order, first match wins; one entry per match (observed, rows 2.1,
 * 2.2). A rule without a match takes everything.
 */
export const readHttpRules = (
  reading: Reading,
  vs: VirtualService,
  side: Side,
  findSubset: FindSubset,
  delegates: Delegates,
): Rule[] =>
  vs.spec.list('http').flatMap((rule, index) => {
    const id = `http[${index}]`;
    const child = delegateName(rule, vs.namespace);
    if (!child) return ownRule(reading, vs, { rule }, id, sideMatches(rule, side), side, findSubset);
    const delegate = delegates(child.namespace, child.name);
    if (!delegate || !isDelegate(delegate)) {
      report(
        reading,
        'ISTIO003',
        rule.at('delegate') ?? rule,
        `no delegate \`${child.namespace}/${child.name}\` in the input`,
      );
      return [];
    }
    return delegatedRules(reading, delegate, rule, id, side, findSubset);
  });

/** The matches of a rule on one side; undefined: there are matches, and none is for this side. */
const sideMatches = (rule: Field, side: Side): Field[] | undefined => {
  const all = rule.list('match');
  const matches = all.filter(match => isForSide(match, side));
  return all.length > 0 && matches.length === 0 ? undefined : matches;
};

const ownRule = (
  reading: Reading,
  vs: VirtualService,
  at: Written,
  id: string,
  matches: readonly Field[] | undefined,
  side: Side,
  findSubset: FindSubset,
): Rule[] => {
  const read = matches?.map((field, index) => ({ match: readHttpMatch(field), key: matchId(id, field, index) }));
  const action = actionOf(reading, vs, at, id, findSubset);
  if (!read) return [];
  if (read.length === 0) return [{ id, match: { ...everything, source: at.rule }, action }];
  return read.map(({ match, key }) => ({ id: key, match: withoutSide(match, side), action }));
};

const matchId = (rule: string, match: Field, index: number): string =>
  `${rule}.${match.path.split('.').pop() ?? `match[${index}]`}`;

/** Gateway names in a match choose the side and have done their work. */
const withoutSide = (match: Match, _side: Side): Match => match;

const actionOf = (reading: Reading, vs: VirtualService, at: Written, id: string, findSubset: FindSubset): Action =>
  readAction(
    `${vs.namespace}/${vs.object.ref.name}/${id}`,
    at,
    d => findBackend(reading, d, vs.namespace, findSubset),
    {
      retries: reading.config.defaultRetries,
    },
  );

const delegatedRules = (
  reading: Reading,
  delegate: VirtualService,
  root: Field,
  rootId: string,
  side: Side,
  findSubset: FindSubset,
): Rule[] => {
  const roots = sideMatches(root, side);
  if (!roots) return [];
  const rootMatches = roots.map(readHttpMatch);
  return delegate.spec.list('http').flatMap((rule, index) => {
    const id = `${rootId}/${delegate.object.ref.name}/http[${index}]`;
    const matches = sideMatches(rule, side);
    if (!matches) return [];
    const { joined, conflict } = joinMatches(rootMatches, matches.map(readHttpMatch));
    const action = actionOf(reading, delegate, { rule, parent: root }, id, findSubset);
    if (conflict) {
      report(reading, 'ISTIO004', rule, 'the rule asks for requests that its parent never passes on');
      return [];
    }
    if (joined.length === 0) return [{ id, match: { ...everything, source: rule }, action }];
    return joined.map((match, n) => ({ id: `${id}.match[${n}]`, match, action }));
  });
};
