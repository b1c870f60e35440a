import { proxyDefault, written } from '../../../src/base/source.ts';
import type { AccessCondition, AccessRule } from '../../../src/model/capabilities/access.ts';
import type { DestinationSettings } from '../../../src/model/capabilities/destination.ts';
import type { Action, Frontend, WeightedBackend } from '../../../src/model/frontend.ts';
import type { Match, Regex } from '../../../src/model/match.ts';
import type { Model, ModelPart } from '../../../src/model/model.ts';
import type { Given } from '../world.ts';

/** The smallest wish that needs a capability, in the terms of the mesh that it is wished for in. */
export type Fixture = (given: Given) => ModelPart & { readonly inventory?: Partial<Model['inventory']> };

export const backend = (service = 'shop/reviews', parts: Partial<WeightedBackend> = {}): WeightedBackend => ({
  backend: { kind: 'service', service },
  weight: written(1),
  ...parts,
});

export const forward = (...backends: readonly WeightedBackend[]): Action['target'] => ({
  kind: 'forward',
  backends: backends.length > 0 ? backends : [backend()],
});

/** A table before `reviews` with one rule, which takes what matches to `ratings`, and one that takes the rest. */
export const tableWith = (
  given: Given,
  match: Match,
  action: Partial<Action> = {},
  parts: Partial<Frontend> = {},
): ModelPart => ({
  frontends: [
    {
      id: 'shop/reviews',
      listens: { kind: 'service', service: 'shop/reviews' },
      protocol: 'http',
      clients: { mesh: given.mesh },
      rules: [
        { id: 'some', match, action: { id: 'some', target: forward(backend('shop/ratings')), ...action } },
        { id: 'rest', match: {}, action: { id: 'rest', target: forward() } },
      ],
      noMatch: { kind: 'respond', status: 404 },
      ...parts,
    },
  ],
});

/** A table with one rule for everything and an action that does something. */
export const tableDoing =
  (action: Partial<Action>, match: Match = {}): Fixture =>
  given => ({
    frontends: [
      {
        id: 'shop/reviews',
        listens: { kind: 'service', service: 'shop/reviews' },
        protocol: 'http',
        clients: { mesh: given.mesh },
        rules: [{ id: 'all', match, action: { id: 'all', target: forward(), ...action } }],
        noMatch: { kind: 'respond', status: 404 },
      },
    ],
  });

export const matching =
  (match: (given: Given) => Match): Fixture =>
  given =>
    tableWith(given, match(given));

export const settingsFor =
  (settings: Partial<DestinationSettings>): Fixture =>
  ({ mesh }) => ({
    destinations: [{ id: 'shop/reviews', clients: { mesh }, target: { service: 'shop/reviews' }, ...settings }],
  });

/** Retries twice on connection failures, which is a wish wherever it is not the default. */
export const retrying = { max: written(3), on: written(['connect-failure'] as const) };

export const expression = ({ dialect, anchoring }: Given, pattern: string): Regex => ({
  pattern: anchoring === 'full' ? pattern : `^(?:${pattern})$`,
  dialect,
  anchoring,
});

/** One policy at `reviews` with one rule; whoever no rule allows is denied. */
export const allowing =
  (rule: Partial<AccessRule>, ...conditions: readonly AccessCondition[]): Fixture =>
  ({ mesh }) => ({
    access: [
      {
        id: 'shop/reviews',
        scope: { mesh, namespaces: ['shop'], labels: { app: 'reviews' } },
        tier: rule.effect === 'ask' ? 0 : rule.effect === 'deny' ? 1 : 2,
        rules: [{ id: 'rule', effect: 'allow', clauses: [{ conditions }], ...rule }],
        otherwise: rule.effect === undefined || rule.effect === 'allow' ? 'deny' : 'nothing',
      },
    ],
  });

export const condition = (
  attribute: AccessCondition['attribute'],
  ...values: AccessCondition['values']
): AccessCondition => ({ attribute, values, negated: false, whenAbsent: 'fails', whenNotHttp: 'fails' });

export { proxyDefault, written };
