import { type Finding, findingOf } from '../base/finding.ts';
import type { ObjectRef } from '../base/source.ts';
import { check, type Problem, type ProblemKind } from './check.ts';
import { didYouMean } from './did-you-mean.ts';
import { apiFindings } from './findings.ts';
import { type ApiKind, apiGroup, apiVersion } from './kind.ts';
import { apiKinds } from './kinds/kinds.ts';
import { metadataProblems } from './metadata.ts';

const codes = {
  unknown: 'API002',
  missing: 'API003',
  type: 'API004',
  value: 'API005',
  rule: 'API006',
} as const satisfies Readonly<Record<ProblemKind, keyof typeof apiFindings>>;

/** An object as it was written, of whatever kind. */
export interface WrittenObject {
  readonly ref: ObjectRef;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ReadApiObject {
  readonly kind?: ApiKind;
  /** The spec with defaults; undefined: it is not valid, and the findings say why. */
  readonly spec?: unknown;
  readonly findings: readonly Finding[];
}

/** What an object has at its top. */
const parts = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];

const pathText = (path: Problem['path']): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (!/^[A-Za-z0-9_-]+$/.test(step)) return `${text}["${step}"]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');

export const isOurs = ({ ref }: Pick<WrittenObject, 'ref'>): boolean =>
  ref.apiVersion.split('/')[0] === apiGroup && ref.apiVersion.includes('/');

/** Checks an object of `supergloo.dev`; findings name the field, and what to write instead. */
export const readApiObject = ({ ref, body }: WrittenObject): ReadApiObject => {
  const kind = apiKinds.find(one => one.kind === ref.kind);
  if (!kind || ref.apiVersion !== apiVersion) {
    const known = apiKinds.map(one => one.kind).join(', ');
    const message = kind
      ? `\`${ref.apiVersion}\` is not served; \`${apiVersion}\` is`
      : `there is no kind \`${ref.kind}\` in \`${apiGroup}\`: there are ${known}`;
    return { findings: [findingOf(apiFindings, 'API001', ref, message)] };
  }
  const scope = misplaced(kind, ref);
  const { value, problems } = check(kind.spec, body.spec ?? {});
  const told = (part: string) => (problem: Problem) =>
    findingOf(
      apiFindings,
      codes[problem.kind],
      { object: ref, path: pathText([part, ...problem.path]) },
      problem.message,
    );
  const extra = Object.keys(body)
    .filter(key => !parts.includes(key))
    .map(key => {
      const message = `there is no field \`${key}\` beside spec${didYouMean(key, parts)}`;
      return findingOf(apiFindings, 'API002', { object: ref, path: pathText([key]) }, message);
    });
  const all = [...scope, ...extra, ...metadataProblems(body).map(told('metadata')), ...problems.map(told('spec'))];
  if (all.length > 0) return { kind, findings: all };
  const later = kind.isLater ? [findingOf(apiFindings, 'API007', ref, `\`${ref.kind}\`: ${kind.isLater}`)] : [];
  return { kind, spec: value, findings: later };
};

const misplaced = ({ scope, kind }: ApiKind, ref: ObjectRef): readonly Finding[] =>
  scope === 'Cluster' && ref.namespace !== undefined
    ? [findingOf(apiFindings, 'API005', { object: ref, path: 'metadata.namespace' }, `a ${kind} is in no namespace`)]
    : [];
