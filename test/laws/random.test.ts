/** A law that is broken leaves a scenario behind that breaks it again. */
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { expect, it } from 'vitest';
import type { Wishes } from '../support/arbitrary/model.ts';
import { adapters } from './adapters.ts';
import { forRandomModels } from './random.ts';
import { worldWith } from './world.ts';

it('writes down the smallest model that breaks it', () => {
  const [istio] = adapters;
  if (!istio) throw new Error('there is no adapter');
  const breaks = ({ frontends }: Pick<Wishes, 'frontends'>): boolean =>
    (frontends ?? []).some(({ rules }) => rules.some(({ action }) => action.fault !== undefined));
  let message = '';
  try {
    forRandomModels(istio, 200, (_, wished) => (breaks(wished) ? 'a fault' : undefined));
  } catch (error) {
    message = String(error);
  }
  const [, file = ''] = /Wished for: (\S+\.yaml)/.exec(message) ?? [];
  const again = load(readFileSync(file, 'utf8')) as Wishes;
  expect(breaks(again)).toBe(true);
  expect(again.frontends).toHaveLength(1);
  expect(worldWith(istio, again).frontends.length).toBeGreaterThan(0);
});
