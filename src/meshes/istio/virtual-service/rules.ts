import type { Field } from '../../../base/field.ts';
import type { Action, Rule } from '../../../model/frontend.ts';
import { everything } from '../../../model/match.ts';
import { type Reading, report } from '../reading.ts';
import { readAction, type Written } from './action.ts';
import { findDelegate } from './delegate.ts';
import { type FindSubset, findBackend } from './destinations.ts';
import { type Entry, entryOf, joinEntries } from './entry.ts';
import { forSide, type Side } from './match.ts';
import type { Delegates, VirtualService } from './virtual-service.ts';

/**
 * `http[]` as a decision list for one side: list order, first match wins; one entry per match (observed, rows 2.1,
 * 2.2). A rule without a match takes everything. Empty: the object has nothing to say to the proxies of this side.
 */
export const readHttpRules = (
  reading: Reading,
  vs: VirtualService,
  side: Side,
  findSubset: FindSubset,
  delegates: Delegates,
): Rule[] => {
  const read = (owner: VirtualService, at: Written, id: string, entries: readonly Entry[]): Rule[] => {
    const matches = entries.flatMap((entry, index) => {
      const match = forSide(entry, side);
      return match ? [{ id: `${id}.match[${index}]`, match }] : [];
    });
    if (entries.length === 0) matches.push({ id, match: { ...everything, source: at.rule } });
    if (matches.length === 0) return [];
    const action = actionOf(reading, owner, at, id, findSubset);
    return matches.map(match => ({ action, ...match }));
  };
  return vs.spec.list('http').flatMap((rule, index) => {
    const id = `http[${index}]`;
    const entries = entriesOf(rule, vs);
    if (!rule.at('delegate')) return read(vs, { rule }, id, entries);
    const child = findDelegate(reading, vs, rule, delegates);
    if (!child) return [];
    return child.spec.list('http').flatMap((childRule, n) => {
      const joined = joinEntries(entries, entriesOf(childRule, child));
      const childId = `${id}/${child.object.ref.name}/http[${n}]`;
      if (joined) return read(child, { rule: childRule, parent: rule }, childId, joined);
      report(reading, 'ISTIO004', childRule, 'the rule asks for requests that its parent never passes on');
      return [];
    });
  });
};

const entriesOf = (rule: Field, { namespace }: VirtualService): readonly Entry[] =>
  rule.list('match').map(field => entryOf(field, namespace));

const actionOf = (reading: Reading, vs: VirtualService, at: Written, id: string, findSubset: FindSubset): Action =>
  readAction(
    `${vs.namespace}/${vs.object.ref.name}/${id}`,
    at,
    destination => findBackend(reading, destination, vs.namespace, findSubset),
    reading.config.defaultRetries,
  );
