/** Random wishes, written by the Istio writer: what no hand thinks of. */
import fc, { type Arbitrary } from 'fast-check';
import type { Adapter } from '../../../src/adapter/adapter.ts';
import { loadAdapters } from '../../../src/engine/read.ts';
import type { Action, Frontend, Rule } from '../../../src/model/frontend.ts';
import type { Match } from '../../../src/model/match.ts';
import type { Model } from '../../../src/model/model.ts';
import { Snapshot } from '../../../src/native/snapshot.ts';
import { requestAction } from '../../../test/support/arbitrary/action.ts';
import { requestMatch } from '../../../test/support/arbitrary/match.ts';
import { access, encryption } from '../../../test/support/arbitrary/security.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import type { Slot } from '../configuration.ts';
import type { IstioConfiguration } from './families.ts';

/** The generators speak of another world; here are the names of the bed in place of theirs. */
const renamed = <T>(value: T, { name }: Slot): T =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll('"shop/reviews"', `"shop/${name}"`)
      .replaceAll('"shop/ratings"', '"shop/api"')
      .replaceAll('"reviews"', `"${name}"`)
      .replaceAll('"reviews.shop"', `"${name}.shop"`)
      .replaceAll('"namespace":"shop","name":"web"', '"namespace":"shop","name":"client"')
      .replaceAll('"namespace":"outside","name":"crawler"', '"namespace":"other","name":"client2"')
      .replaceAll('{"app":"web"}', '{"app":"client"}')
      .replaceAll('{"app":"crawler"}', '{"app":"client2"}')
      .replaceAll('"outside"', '"other"')
      .replaceAll('"port":9080', '"port":80')
      .replaceAll('"port":9090', '"port":81'),
  );

const given = (base: Model) => ({ mesh: base.meshes[0]?.id ?? '', dialect: 're2', anchoring: 'full' }) as const;

interface Entry {
  readonly matches: readonly Match[];
  readonly action: Omit<Action, 'id'>;
}

const rulesOf = (entries: readonly Entry[]): readonly Rule[] =>
  entries.flatMap(({ matches, action }, index) =>
    matches.map((match, n) => ({ id: `rule${index}.${n}`, match, action: { id: `action${index}`, ...action } })),
  );

/** Tokens are not issued in the bed. */
const withoutTokens = ({ claims: _, ...match }: Match): Match => match;

const tables = (base: Model): Arbitrary<readonly Entry[]> =>
  fc.array(
    fc.record({
      matches: fc.array(requestMatch(given(base)).map(withoutTokens), { minLength: 1, maxLength: 2 }),
      action: requestAction(true),
    }),
    { minLength: 1, maxLength: 4 },
  );

const written = (adapter: Adapter, model: Model): readonly KubernetesObject[] => {
  const mesh = model.meshes[0] ?? adapter.assume();
  const { objects } = adapter.write(model, { mesh, snapshot: new Snapshot([], 'partial') });
  return objects.map(object => ({ ...object, metadata: { namespace: 'shop', ...object.metadata } }));
};

/** A model in which nobody has wished for anything. */
const bare = (base: Model): Model => ({ ...base, frontends: [], destinations: [], access: [] });

const routes = (adapter: Adapter, base: Model, entries: readonly Entry[], slot: Slot): readonly KubernetesObject[] => {
  const table: Frontend = {
    id: 'table',
    listens: { kind: 'service', service: `shop/${slot.name}` },
    protocol: 'http',
    clients: { mesh: given(base).mesh },
    rules: renamed(rulesOf(entries), slot),
    noMatch: { kind: 'respond', status: 404 },
  };
  return written(adapter, { ...bare(base), frontends: [table] });
};

type Protection = Pick<Model, 'access' | 'encryption'>;

const protections = (base: Model): Arbitrary<Protection> =>
  fc.record({ access: access(given(base)), encryption: encryption(given(base)) }).map(
    (all): Protection => ({
      access: all.access.filter(({ rules }) =>
        rules.every(({ effect, clauses }) => effect !== 'ask' && !JSON.stringify(clauses).includes('token.claim')),
      ),
      encryption: all.encryption.slice(0, 1),
    }),
  );

const protect = (
  adapter: Adapter,
  base: Model,
  { access: policies, encryption: modes }: Protection,
  slot: Slot,
): readonly KubernetesObject[] => {
  const scope = { mesh: given(base).mesh, namespaces: ['shop'], labels: { app: slot.name } };
  const model = renamed({ access: policies, encryption: modes }, slot);
  return written(adapter, {
    ...bare(base),
    access: model.access.map((policy, index) => ({ ...policy, id: `${slot.name}-${index}`, scope })),
    encryption: [...model.encryption.map(one => ({ ...one, id: slot.name, scope })), ...base.encryption],
  });
};

/** So many tables and so many protections; the same for the same seed. */
export const randomFamilies = async (
  base: Model,
  count: number,
  seed: number,
): Promise<readonly IstioConfiguration[]> => {
  const [adapter] = (await loadAdapters(['istio'])) as [Adapter];
  return [
    ...fc.sample(tables(base), { numRuns: Math.ceil(count * 0.75), seed }).map(
      (entries, index): IstioConfiguration => ({
        id: `random routes: ${seed}.${index}`,
        family: 'random routes',
        kind: 'site',
        objects: slot => routes(adapter, base, entries, slot),
      }),
    ),
    ...fc.sample(protections(base), { numRuns: Math.floor(count * 0.25), seed }).map(
      (wishes, index): IstioConfiguration => ({
        id: `random protection: ${seed}.${index}`,
        family: 'random protection',
        kind: 'guard',
        objects: slot => protect(adapter, base, wishes, slot),
      }),
    ),
  ];
};
