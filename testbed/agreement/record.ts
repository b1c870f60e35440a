import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RecordedConfiguration, recordOf } from '../trial/recording.ts';
import { type Part, versions } from '../versions.ts';
import type { Tried } from './tally.ts';

/** Probes of one configuration that are kept: enough to notice when the model changes its mind. */
const most = 4;

const spread = <T>(items: readonly T[]): readonly T[] =>
  items.length <= most
    ? items
    : Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)] as T);

/** The first line: what it was seen in. */
export interface RecordHead<Native> {
  readonly versions: Readonly<Partial<Record<Part, string>>>;
  /** What is there beside the configurations. */
  readonly standing: readonly Native[];
  /** Where the requests of each caller come from. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** One probe of each class that agrees. */
const probesOf = ({ verdicts }: Tried) => {
  const classes = new Map(
    verdicts.filter(({ differences }) => differences.length === 0).map(verdict => [verdict.requestClass, verdict]),
  );
  return spread([...classes.values()]).map(({ question, observed }) => recordOf(question, observed));
};

const addressesIn = (tried: readonly Tried[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    tried.flatMap(({ verdicts }) =>
      verdicts.flatMap(({ question: { caller, request } }) =>
        request.sourceAddress === undefined ? [] : [[caller, request.sourceAddress]],
      ),
    ),
  );

/** Writes what was seen as lines of JSON: the head, then each configuration with some of its probes. */
export const writeRecord = <Native>(
  root: string,
  mesh: string,
  parts: readonly Part[],
  standing: readonly Native[],
  tried: readonly { readonly tried: Tried; readonly objects: readonly Native[] }[],
): void => {
  const head: RecordHead<Native> = {
    versions: Object.fromEntries(parts.map(part => [part, versions[part]])),
    standing,
    addresses: addressesIn(tried.map(({ tried: one }) => one)),
  };
  const lines = tried
    .map(
      ({ tried: one, objects }): RecordedConfiguration<Native> => ({
        id: one.id,
        wave: one.wave,
        objects,
        probes: probesOf(one),
      }),
    )
    .filter(({ probes }) => probes.length > 0);
  const folder = join(root, 'testdata', 'agreement');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${mesh}.jsonl`), `${[head, ...lines].map(line => JSON.stringify(line)).join('\n')}\n`);
};
