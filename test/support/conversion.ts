import type { Manifest } from '../../src/adapter/adapter.ts';
import type { Disposition } from '../../src/adapter/disposition.ts';
import { toYamlStream } from '../../src/base/yaml.ts';
import { type Conversion, convert } from '../../src/engine/convert.ts';
import { type Bed, bedOf, observedCluster } from './istio-bed.ts';
import { type Ends, endsIn, subsetsOfWeb } from './istio-routes.ts';
import { snapshotFrom } from './snapshot.ts';

/** What became of some configuration in another mesh, and where requests end there. */
export interface Converted extends Conversion, Pick<Bed, 'explain' | 'send' | 'status'>, Ends {
  /** What is written, as it is printed. */
  readonly yaml: string;
  readonly objectsOf: (kind: string) => readonly Manifest[];
  /** What behaves in another way afterwards: `leaf: code`. */
  readonly losses: readonly string[];
}

const differs = ({ loss }: Disposition): boolean => loss?.effect === 'differs';

/** Documents over the observed cluster, with the subsets of `web`, converted. */
export const converted = async (from: string, to: string, ...documents: readonly string[]): Promise<Converted> => {
  const snapshot = snapshotFrom([observedCluster, subsetsOfWeb, ...documents].join('\n---\n'), 'whole');
  const conversion = await convert(snapshot, from, to);
  const { explain, send, status } = bedOf(conversion.expected);
  return {
    ...conversion,
    explain,
    send,
    status,
    ...endsIn({ explain }),
    yaml: toYamlStream(conversion.objects),
    objectsOf: kind => conversion.objects.filter(object => object.kind === kind),
    losses: conversion.dispositions.filter(differs).map(({ leaf, loss }) => `${leaf}: ${loss?.code}`),
  };
};
