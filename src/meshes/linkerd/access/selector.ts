import type { Field } from '../../../base/field.ts';
import { type Labels, selects } from '../../../model/scope.ts';

/** A Kubernetes label selector; all parts must hold, none selects everything. */
export interface Selector {
  readonly labels: Labels;
  readonly expressions: readonly Expression[];
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** An `In` of one value is a label like any other. */
export const readSelector = (field: Field | undefined): Selector => {
  field?.isEmptyObject();
  const labels: Record<string, string> = { ...field?.textMap('matchLabels') };
  const expressions: Expression[] = [];
  for (const item of field?.list('matchExpressions') ?? []) {
    const key = item.text('key') ?? '';
    const operator = item.text('operator') ?? '';
    const values = item.texts('values') ?? [];
    const [only] = values;
    if (operator === 'In' && values.length === 1 && only !== undefined && !(key in labels)) labels[key] = only;
    else expressions.push({ key, operator, values });
  }
  return { labels, expressions };
};

export const selectorTakes = ({ labels, expressions }: Selector, of: Labels): boolean =>
  selects(labels, of) && expressions.every(expression => expressionTakes(expression, of[expression.key]));

/** An operator that Kubernetes does not know takes nothing. */
const expressionTakes = ({ operator, values }: Expression, value: string | undefined): boolean => {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
};

/** Whether some pod may be taken by both: no label is asked to have two values. Expressions may always meet. */
export const mayShare = (a: Selector, b: Selector): boolean =>
  Object.entries(a.labels).every(([key, value]) => (b.labels[key] ?? value) === value);
