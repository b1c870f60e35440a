import type { Field } from '../../base/field.ts';
import type { Labels } from '../../model/scope.ts';

/** Selects objects by their labels, as Kubernetes does. Everything in it must hold; an empty one selects all objects. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly LabelRequirement[];
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

/** `NotIn` and `DoesNotExist` also hold for objects without the label. */
export interface LabelRequirement {
  readonly key: string;
  /** `unknown`: a word that Kubernetes does not know, which holds for nothing. */
  readonly operator: (typeof operators)[number] | 'unknown';
  /** For `In` and `NotIn`. */
  readonly values?: readonly string[];
}

/** A selector as it is written. An `In` of one value is a label like any other; nothing selects everything. */
export const readLabelSelector = (field: Field | undefined): Required<LabelSelector> => {
  field?.isEmptyObject();
  const matchLabels: Record<string, string> = { ...field?.textMap('matchLabels') };
  const matchExpressions: LabelRequirement[] = [];
  for (const item of field?.list('matchExpressions') ?? []) {
    const key = item.text('key') ?? '';
    const word = item.text('operator');
    const operator = operators.find(known => known === word) ?? 'unknown';
    const values = item.texts('values') ?? [];
    const [only] = values;
    const isLabel = operator === 'In' && values.length === 1 && !Object.hasOwn(matchLabels, key);
    if (isLabel && only !== undefined) matchLabels[key] = only;
    else matchExpressions.push({ key, operator, values });
  }
  return { matchLabels, matchExpressions };
};

/** Whether a selector takes an object with these labels. */
export const selectorTakes = (
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Labels = {},
): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labelOf(labels, key) === value) &&
  matchExpressions.every(requirement => holds(labels, requirement));

const labelOf = (labels: Labels, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined;

const holds = (labels: Labels, { key, operator, values = [] }: LabelRequirement): boolean => {
  const value = labelOf(labels, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'unknown':
      return false;
  }
};

/** Whether some object may be taken by both: no label is asked to have two values. Expressions may always meet. */
export const mayShare = (a: LabelSelector, b: LabelSelector): boolean =>
  Object.entries(a.matchLabels ?? {}).every(([key, value]) => (labelOf(b.matchLabels ?? {}, key) ?? value) === value);
