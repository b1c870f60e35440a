/** An API server is asked what it makes of objects of `supergloo.dev`, with the definitions of which `deploy/crds` is made. */
import { crdOf } from '../../src/api/crd.ts';
import { apiVersion } from '../../src/api/kind.ts';
import { apiKinds } from '../../src/api/kinds/kinds.ts';
import { isSame } from '../../src/base/same.ts';
import { BedFailure } from '../failures.ts';
import type { Answer, KubernetesApi, KubernetesObject } from '../kubernetes/api.ts';
import { until } from '../machine/until.ts';
import { type Case, objectOf } from './cases.ts';
import type { Verdict } from './verdicts.ts';

interface Definition {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

/** Installs the definitions; that one is not taken, or not structural, or too dear to check, fails the bed. */
export const installDefinitions = async (api: KubernetesApi): Promise<void> => {
  const definitions = apiKinds.map(kind => crdOf(kind) as KubernetesObject);
  for (const definition of definitions) {
    const { status, body } = await api.apply(definition);
    if (status >= 300)
      throw new BedFailure(`${definition.metadata.name}: ${(body as Status).message ?? JSON.stringify(body)}`);
  }
  await api.applyAll([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }]);
  for (const { metadata } of definitions) {
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${metadata.name}`;
    const conditions = await until(metadata.name, async () => {
      const { status } = await api.demand<Definition>('GET', path);
      return (
        status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True') && status.conditions
      );
    });
    const wrong = conditions.find(({ type, status }) => type === 'NonStructuralSchema' && status === 'True');
    if (wrong) throw new BedFailure(`${metadata.name}: ${wrong.message}`);
  }
  // The endpoint comes a moment after the word that it is there.
  for (const { plural } of apiKinds)
    await until(plural, async () => (await api.ask('GET', `/apis/${apiVersion}/${plural}`)).status === 200);
};

interface Status {
  readonly message?: string;
  readonly details?: {
    readonly causes?: readonly { readonly reason?: string; readonly field?: string; readonly message?: string }[];
  };
}

/** `FieldValueInvalid spec.x`; of fields that there are not, the server writes one line. */
const reasons = ({ message = '', details }: Status): readonly string[] => {
  const unknown = [...message.matchAll(/unknown field "([^"]*)"/g)].map(([, field]) => `unknown ${field}`);
  // Of rules that were not asked because types are wrong, a line is written without a field.
  const causes = (details?.causes ?? []).flatMap(({ reason, field = '' }) =>
    field === '<nil>' ? [] : [`${reason} ${field}`],
  );
  const all = [...new Set([...unknown, ...causes])].sort();
  return all.length > 0 ? all : [message];
};

const verdictOf = (one: Case, { status, body }: Answer): Verdict => {
  if (status >= 500) throw new BedFailure(`${status}: ${JSON.stringify(body)}`);
  if (status >= 300) return { ...one, refused: reasons(body as Status) };
  const { spec } = body as { spec?: unknown };
  return isSame(spec, one.spec) ? one : { ...one, kept: spec };
};

/** What the server makes of each; nothing is kept. */
export const askAll = async (api: KubernetesApi, cases: readonly Case[]): Promise<readonly Verdict[]> => {
  const verdicts: Verdict[] = [];
  for (const one of cases) {
    const kind = apiKinds.find(known => known.kind === one.kind);
    if (!kind) throw new BedFailure(`no kind ${one.kind}`);
    const where = kind.scope === 'Namespaced' ? '/namespaces/shop' : '';
    const path = `/apis/${apiVersion}${where}/${kind.plural}?dryRun=All&fieldValidation=Strict`;
    verdicts.push(verdictOf(one, await api.ask('POST', path, objectOf(one, kind))));
  }
  return verdicts;
};
