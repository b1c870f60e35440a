/** What is tried: every capability by itself, and random models of every mesh. */
import fc from 'fast-check';
import type { Adapter } from '../../src/adapter/adapter.ts';
import { adapter as envoy } from '../../src/gateways/envoy/adapter.ts';
import type { AccessCondition, AccessPolicy } from '../../src/model/capabilities/access.ts';
import type { Frontend } from '../../src/model/frontend.ts';
import type { Model } from '../../src/model/model.ts';
import { adapters, write } from '../../test/laws/adapters.ts';
import { capabilityFixtures } from '../../test/laws/capability-fixtures/index.ts';
import { givenOf, worldWith } from '../../test/laws/world.ts';
import { edge } from '../../test/support/arbitrary/frontend.ts';
import { wishes } from '../../test/support/arbitrary/model.ts';
import { access } from '../../test/support/arbitrary/security.ts';
import type { Written } from './agreement.ts';

/**
 * What one sender and plain servers can show: without TLS towards servers that speak none, and without limits on what is
 * done at once, since much is.
 */
const shown = (model: Model): Model => ({
  ...model,
  frontends: model.frontends.flatMap(alsoOverTls),
  destinations: model.destinations.map(({ tls: _, connectionLimits: __, retryBudget: ___, ...rest }) => rest),
});

/** What stands behind the gateway's listener for HTTP stands behind the one for HTTPS as well. */
const alsoOverTls = (frontend: Frontend): readonly Frontend[] => {
  const { listens } = frontend;
  if (listens.kind !== 'listener' || listens.listener !== 'http') return [frontend];
  return [frontend, { ...frontend, id: `${frontend.id} over TLS`, listens: { ...listens, listener: 'https' } }];
};

const writtenOf = (id: string, family: string, model: Model): Written => {
  const { objects, expected } = write(envoy, shown(model));
  return { id, family, objects, expected };
};

/** Each capability of each mesh, alone. */
export const eachCapability = (): readonly Written[] =>
  adapters.flatMap((from: Adapter) =>
    Object.entries(capabilityFixtures).map(([id, fixture]) =>
      writtenOf(`${from.id} ${id}`, `capabilities of ${from.id}`, worldWith(from, fixture(givenOf(from)))),
    ),
  );

/** Random wishes, as many of each mesh; those without a table for HTTP show nothing and are left out. */
export const randomModels = (count: number, seed: number): readonly Written[] =>
  adapters.flatMap((from, place) => {
    const each = Math.ceil(count / adapters.length);
    const wished = fc.sample(
      wishes(givenOf(from)).filter(({ frontends = [] }) =>
        frontends.some(({ protocol }) => protocol !== 'tcp' && protocol !== 'tls'),
      ),
      { seed: seed * 1000 + place, numRuns: each },
    );
    return wished.map((one, index) =>
      writtenOf(`${from.id} seed ${seed} #${index}`, `random of ${from.id}`, worldWith(from, one)),
    );
  });

/** The rules of a policy in which a gateway knows what is asked. */
const knownAtEdge = ({ attribute }: AccessCondition): boolean => /^(request\.|peer\.address)/.test(attribute);

const atEdge = (policy: AccessPolicy, place: number): AccessPolicy => ({
  ...policy,
  scope: place % 2 === 0 ? { gateway: edge } : { namespaces: ['shop'], labels: { app: 'edge' } },
  rules: policy.rules.map(rule => ({
    ...rule,
    clauses: rule.clauses.map(clause => ({ conditions: clause.conditions.filter(knownAtEdge) })),
  })),
});

/** Random policies about who comes in at a gateway, before random tables behind it. */
export const randomEdges = (count: number, seed: number): readonly Written[] =>
  adapters.flatMap((from, place) => {
    const given = givenOf(from);
    const wished = fc.sample(
      fc.tuple(
        wishes(given).filter(({ frontends = [] }) => frontends.some(({ listens }) => listens.kind === 'listener')),
        access(given).filter(policies => policies.length > 0),
      ),
      { seed: seed * 1000 + place, numRuns: Math.ceil(count / adapters.length) },
    );
    return wished.map(([one, policies], index) =>
      writtenOf(
        `${from.id} edge seed ${seed} #${index}`,
        `who comes in, of ${from.id}`,
        worldWith(from, { ...one, access: policies.map(atEdge), requestAuthentication: [] }),
      ),
    );
  });
