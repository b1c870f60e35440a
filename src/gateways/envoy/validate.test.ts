/** What is written is what Envoy takes: the program itself looks at bootstraps of random models. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { adapters, write } from '../../../test/laws/adapters.ts';
import { capabilityFixtures } from '../../../test/laws/capability-fixtures/index.ts';
import { givenOf, worldWith } from '../../../test/laws/world.ts';
import { wishes } from '../../../test/support/arbitrary/model.ts';
import { Certificates } from '../../../testbed/envoy/certificates.ts';
import { partFolder } from '../../../testbed/machine/places.ts';
import type { Model } from '../../model/model.ts';
import { adapter } from './adapter.ts';
import { bootstrapKey } from './emit.ts';

const envoy = join(partFolder('envoy'), 'envoy');
const isThere = existsSync(envoy);
if (!isThere) console.log(`skipped: there is no Envoy at ${envoy} (npm run testbed:build)`);

const seed = Number(process.env.SUPERGLOO_SEED ?? 20_260);
const runs = Number(process.env.SUPERGLOO_RUNS ?? 3);

const bootstrapsOf = (model: Model): readonly string[] =>
  write(adapter, model).objects.flatMap(({ data }) => {
    const text = (data as Readonly<Record<string, string>> | undefined)?.[bootstrapKey];
    return text === undefined ? [] : [text];
  });

const certificates = new Certificates();
afterAll(() => certificates.remove());

/** What Envoy says against a bootstrap; nothing if it takes it. */
const refusal = (bootstrap: string): string | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'supergloo-envoy-'));
  try {
    const file = join(folder, 'envoy.yaml');
    writeFileSync(file, certificates.housed(bootstrap));
    const { status, stderr } = spawnSync(envoy, ['--mode', 'validate', '-l', 'error', '-c', file], {
      encoding: 'utf8',
    });
    return status === 0 ? undefined : `${stderr}\n${bootstrap}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

describe.skipIf(!isThere)('Envoy takes what is written', () => {
  const sources = adapters.map(from => [from.id, from] as const);

  it.each(sources)('of random models of %s', { timeout: 120_000 }, (_, from) => {
    const property = fc.property(wishes(givenOf(from)), wished => {
      for (const bootstrap of bootstrapsOf(worldWith(from, wished))) expect(refusal(bootstrap)).toBeUndefined();
    });
    fc.assert(property, { seed, numRuns: runs, endOnFailure: true });
  });

  it('of all capabilities at once', { timeout: 120_000 }, () => {
    const [from] = adapters;
    const wished = Object.values(capabilityFixtures).map(fixture => worldWith(from!, fixture(givenOf(from!))));
    const [first] = wished;
    const together: Model = {
      ...first!,
      frontends: wished.flatMap(({ frontends }, index) =>
        frontends.map(frontend => ({ ...frontend, id: `${index} ${frontend.id}`, noMatch: { kind: 'next' } as const })),
      ),
      destinations: wished.flatMap(({ destinations }) => destinations),
    };
    for (const bootstrap of bootstrapsOf(together)) expect(refusal(bootstrap)).toBeUndefined();
  });
});
