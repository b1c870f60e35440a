import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crdOf } from '../../src/api/crd.ts';
import type { ApiKind } from '../../src/api/kind.ts';
import { apiKinds } from '../../src/api/kinds/kinds.ts';
import { digest } from '../../src/base/digest.ts';
import type { Case } from './cases.ts';

/** What a real API server said of an object. */
export interface Verdict extends Case {
  /** The spec as it would be kept, where defaults were added or something was left out; absent: as it was written. */
  readonly kept?: unknown;
  /** Fields that are wrong, each with the server's word for why; absent: it was taken. */
  readonly refused?: readonly string[];
}

export interface Verdicts {
  readonly kubernetes: string;
  /** Of the schemas that it had, by kind. */
  readonly schemas: Readonly<Record<string, string>>;
  readonly verdicts: readonly Verdict[];
}

const withoutWords = (_: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { description, ...rest } = value as Record<string, unknown>;
  return typeof description === 'string' ? rest : value;
};

/** Equal for two definitions by which the same objects are valid. */
export const schemaDigest = (kind: ApiKind): string => digest(JSON.stringify(crdOf(kind), withoutWords));

export const schemaDigests = (): Readonly<Record<string, string>> =>
  Object.fromEntries(apiKinds.map(kind => [kind.kind, schemaDigest(kind)]));

const fileIn = (root: string): string => join(root, 'testdata', 'api', 'verdicts.jsonl');

export const writeVerdicts = (root: string, { verdicts, ...head }: Verdicts): void =>
  writeFileSync(fileIn(root), `${[head, ...verdicts].map(line => JSON.stringify(line)).join('\n')}\n`);

export const readVerdicts = (root: string): Verdicts => {
  const [head, ...verdicts] = readFileSync(fileIn(root), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  return { ...head, verdicts };
};
