/**
 * Law 3: losses are the differences. What is written, read again, does what the expected model does; and each loss
 * shows where it says, or says that it has no effect.
 */
import { describe, it } from 'vitest';
import { toYamlStream } from '../../src/base/yaml.ts';
import type { Model } from '../../src/model/model.ts';
import { compare } from '../../src/verify/compare/compare.ts';
import type { ServiceComparison } from '../../src/verify/compare/comparison.ts';
import { worldOf } from '../../src/verify/request.ts';
import { pairs, readBack, write } from './adapters.ts';
import { forRandomModels } from './random.ts';
import { isUnfinished } from './unfinished.ts';

const differences = (a: Model, b: Model): readonly ServiceComparison[] =>
  compare(worldOf(a), worldOf(b), { perTarget: 400 }).services.filter(({ verdict }) => verdict !== 'equal');

/** A difference with its witness, short enough to be read. */
const told = ({ service, port, aspect, verdict, witness }: ServiceComparison): string => {
  const { request, client, a, b } = witness ?? {};
  const who = client?.kind === 'outside' ? 'outside' : `${client?.namespace}/${client?.name}`;
  return [
    `${service}:${port} ${aspect} is ${verdict}: ${who} sends ${JSON.stringify(request)}`,
    `  expected: ${JSON.stringify(a?.outcome)}`,
    `  but is:   ${JSON.stringify(b?.outcome)}`,
  ].join('\n');
};

describe.each(pairs)('from %s to %s', (_from, _to, from, to) => {
  it.skipIf(isUnfinished('read back', to))('what is written does what is expected', () => {
    forRandomModels(from, 25, model => {
      const { objects, expected } = write(to, model);
      const found = differences(expected, readBack(to, objects).model);
      return found.length === 0 ? undefined : [...found.map(told), '', 'Written:', toYamlStream(objects)].join('\n');
    });
  });
});
