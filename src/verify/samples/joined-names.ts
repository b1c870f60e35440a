import { unique } from '../../base/order.ts';
import type { TextMatch } from '../../model/match.ts';
import { type JoinedMesh, nameInJoined } from '../../model/mesh.ts';
import { agrees, type Wanted } from '../language/language.ts';
import { solve } from '../language/solve.ts';
import type { Mentions } from './callers.ts';

/** A caller whom nobody names. */
const somebody = 'somebody';

/** So many classes at most; each pattern beyond has one whom it takes. */
const mostClasses = 64;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Identities of the mesh, as they are written without their scheme. */
const isTheirs = ({ identities }: Pick<JoinedMesh, 'identities'>): Wanted => {
  const [before = '', behind = ''] = identities.replace(/^spiffe:\/\//, '').split('{name}');
  const pattern = `${escaped(before)}[a-z0-9-]+${escaped(behind)}`;
  return { test: { kind: 'regex', regex: { pattern, dialect: 're2', anchoring: 'full' } }, holds: true };
};

const isExact = (match: TextMatch): match is Extract<TextMatch, { kind: 'exact' }> =>
  match.kind === 'exact' && !match.ignoreCase;

/**
 * What those callers of a joined mesh are called whom statements tell apart: everyone who is named, and of the others one
 * for each way in which patterns over identities take them.
 */
export const namesToldApart = (
  mesh: Pick<JoinedMesh, 'identities'>,
  { ids, identities }: Pick<Mentions, 'ids' | 'identities'>,
): readonly string[] => {
  const nameOf = (text: string): string | undefined => nameInJoined(mesh, `spiffe://${text}`);
  const named = new Set([
    ...[...ids].flatMap(id => nameInJoined(mesh, id) ?? []),
    ...identities.flatMap(match => (isExact(match) ? (nameOf(match.value) ?? []) : [])),
  ]);
  const usual = mesh.identities.replace(/^spiffe:\/\//, '').replace('{name}', somebody);
  /** Somebody whom these patterns take and those do not, and whom nobody names. */
  const oneFor = (wanted: readonly Wanted[]): string | undefined => {
    if (wanted.every(asked => agrees(asked, usual))) return somebody;
    const found = solve('text', wanted);
    const name = found.kind === 'text' ? nameOf(found.text) : undefined;
    if (found.kind !== 'text' || name === undefined || !named.has(name)) return name;
    return oneFor([...wanted, { test: { kind: 'exact', value: found.text }, holds: false }]);
  };
  const theirs = isTheirs(mesh);
  let classes: readonly (readonly Wanted[])[] = [[theirs]];
  const alone: Wanted[] = [];
  for (const test of identities.filter(match => match.kind !== 'present' && !isExact(match))) {
    if (classes.length > mostClasses) alone.push({ test, holds: true });
    else {
      classes = classes.flatMap(wanted =>
        [true, false].map(holds => [...wanted, { test, holds }]).filter(both => oneFor(both) !== undefined),
      );
    }
  }
  return unique([
    ...named,
    ...[...classes, ...alone.map(one => [theirs, one])].flatMap(wanted => oneFor(wanted) ?? []),
  ]);
};
