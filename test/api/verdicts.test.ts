/** A real API server and our own check say the same of hundreds of objects (`npm run api-agreement` asks the server). */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ApiKind } from '../../src/api/kind.ts';
import { apiKinds } from '../../src/api/kinds/kinds.ts';
import { readApiObject } from '../../src/api/read-object.ts';
import { objectOf } from '../../testbed/api/cases.ts';
import { readVerdicts, schemaDigests, type Verdict } from '../../testbed/api/verdicts.ts';
import { rulesIn } from '../support/api/values.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const { schemas, verdicts } = readVerdicts(root);

const kindOf = ({ kind }: Verdict): ApiKind => {
  const found = apiKinds.find(one => one.kind === kind);
  if (!found) throw new Error(`no kind ${kind}`);
  return found;
};

/** What we make of it: findings by their path, or the spec with defaults. */
const ourVerdict = (verdict: Verdict) => {
  const body = objectOf(verdict, kindOf(verdict));
  const { apiVersion, kind, metadata } = body;
  const { name, namespace } = metadata as { name: string; namespace?: string };
  const ref = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
  const { spec, findings } = readApiObject({ ref, body });
  return { spec, errors: findings.filter(({ severity }) => severity === 'error') };
};

/** A path as the API server writes it, with a point before each key. */
const plainPath = (path: string): string => path.replace(/\["(.*?)"\]/g, '.$1');

const isWithin = (path: string, outer: string): boolean =>
  path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);

const each = verdicts.map(verdict => ({ verdict, ours: ourVerdict(verdict) }));

describe('what a real API server says', () => {
  it('was asked with the definitions that there are', () => {
    expect(schemas, 'npm run api-agreement').toEqual(schemaDigests());
  });

  it('is said of enough objects of each kind, taken and refused', () => {
    for (const { kind } of apiKinds) {
      const own = verdicts.filter(one => one.kind === kind);
      expect(own.filter(({ refused }) => !refused).length, `${kind} taken`).toBeGreaterThan(15);
      expect(own.filter(({ refused }) => refused).length, `${kind} refused`).toBeGreaterThan(30);
    }
  });

  it('is what we say', () => {
    const wrong = each.filter(({ verdict, ours }) => (verdict.refused !== undefined) !== ours.errors.length > 0);
    expect(wrong.map(({ verdict, ours }) => ({ verdict, ours: ours.errors.map(({ path }) => path) }))).toEqual([]);
  });

  it('is told with the defaults that we fill in', () => {
    for (const { verdict, ours } of each)
      if (!verdict.refused) expect(ours.spec, JSON.stringify(verdict)).toEqual(verdict.kept ?? verdict.spec);
  });

  it('is told of the fields that we name, of what they are in, or of what is in them', () => {
    const wrong = each.flatMap(({ verdict, ours }) => {
      const named = ours.errors.map(({ path = '' }) => plainPath(path));
      const missed = (verdict.refused ?? [])
        .map(reason => reason.replace(/^\S+ /, ''))
        .filter(path => !named.some(one => isWithin(one, path) || isWithin(path, one)));
      return missed.length > 0 ? [{ verdict, missed, named }] : [];
    });
    expect(wrong).toEqual([]);
  });

  it('shows each rule broken and kept', () => {
    for (const kind of apiKinds)
      for (const { message } of rulesIn(kind.spec)) {
        const asked = each.filter(({ verdict }) => verdict.kind === kind.kind);
        const broken = asked.filter(({ ours }) => ours.errors.some(finding => finding.message === message));
        expect(broken.length, `${kind.kind}: ${message}`).toBeGreaterThan(0);
      }
  });
});
