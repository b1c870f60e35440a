/** The generators reach everything: no capability, kind of match or combination is in less than 5 % of the samples. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { capabilities } from '../../../src/model/capability.ts';
import { traitsOf } from './coverage.ts';
import { wishes } from './model.ts';

const wanted = [
  ...Object.keys(capabilities),
  ...['exact', 'prefix', 'segmentPrefix', 'regex'].map(kind => `path ${kind}`),
  ...['exact', 'prefix', 'suffix', 'regex', 'present'].map(kind => `header ${kind}`),
  ...['exact', 'regex', 'present'].map(kind => `query ${kind}`),
  'negation',
  'overlap',
  'several hosts',
  'several tables for one host',
  'TLS passed on by a gateway',
  'joined mesh',
  'joined mesh, something missing',
  'service in a joined mesh',
  'table for joined callers',
  'joined callers named',
];

it('everything is in at least one sample of twenty', () => {
  const samples = fc.sample(wishes({ mesh: 'mesh/one', dialect: 're2', anchoring: 'full' }), {
    numRuns: 2000,
    seed: 7,
  });
  const counts = new Map<string, number>(wanted.map(trait => [trait, 0]));
  for (const sample of samples) {
    for (const trait of traitsOf(sample)) counts.set(trait, (counts.get(trait) ?? 0) + 1);
  }
  const rare = [...counts].filter(([, count]) => count < samples.length / 20);
  expect(rare.map(([trait, count]) => `${trait}: ${((count / samples.length) * 100).toFixed(1)} %`)).toEqual([]);
});
