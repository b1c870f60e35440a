/** The paths into objects that kubectl knows: `.spec.rules[0].name`, `['a']`, `[*]`, `[?(@.type=="Accepted")]`. */
import { UserError } from '../exit.ts';

type Step = (value: unknown) => readonly unknown[];

const childrenOf = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];

const fieldOf =
  (name: string): Step =>
  value =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? [(value as Readonly<Record<string, unknown>>)[name]]
      : [];

const itemAt =
  (index: number): Step =>
  value => {
    const item = Array.isArray(value) ? value.at(index) : undefined;
    return item === undefined ? [] : [item];
  };

const literal = (text: string): string => text.trim().replace(/^(["'])(.*)\1$/, '$2');

const where =
  (path: string, operator: string, wanted: string): Step =>
  value =>
    (Array.isArray(value) ? value : []).filter(item => {
      const [found] = valuesAt(path, item);
      return (String(found ?? '') === literal(wanted)) === (operator === '==');
    });

const forms: readonly (readonly [RegExp, (match: RegExpExecArray) => Step])[] = [
  [/^(?:\.\*|\[\*\])/, () => childrenOf],
  [/^\[(-?\d+)\]/, ([, index]) => itemAt(Number(index))],
  [
    /^\[\?\(\s*@([^=!]+?)\s*(==|!=)\s*("[^"]*"|'[^']*'|[^)\s]+)\s*\)\]/,
    ([, path = '', operator = '', wanted = '']) => where(path, operator, wanted),
  ],
  [/^\[(["'])(.+?)\1\]/, ([, , name = '']) => fieldOf(name)],
  [/^\.((?:[^.[\]\\]|\\.)+)/, ([, name = '']) => fieldOf(name.replaceAll('\\', ''))],
];

/** All values at a path, in order; none where nothing is there. */
export const valuesAt = (path: string, root: unknown): readonly unknown[] => {
  let rest = path.trim().replace(/^\$/, '');
  if (rest !== '' && !/^[.[]/.test(rest)) rest = `.${rest}`;
  let values: readonly unknown[] = [root];
  while (rest !== '' && rest !== '.') {
    const found = forms.map(([form, make]) => ({ match: form.exec(rest), make })).find(({ match }) => match);
    if (!found?.match) throw new UserError(`\`${rest}\` in the path \`${path}\` is nothing that is known here`);
    const step = found.make(found.match);
    values = values.flatMap(step);
    rest = rest.slice(found.match[0].length);
  }
  return values;
};

/** A value as it stands in a line. */
export const valueText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');

/** A template of kubectl's: text with paths in braces, `{"\n"}`, and `{range .items[*]}…{end}`. */
export const filled = (template: string, root: unknown): string => {
  const parts = template.includes('{') ? template.split(/(\{[^}]*\})/) : [`{${template}}`];
  return fill(parts, root).text;
};

const fill = (parts: readonly string[], root: unknown): { readonly text: string; readonly rest: readonly string[] } => {
  let text = '';
  let left = parts;
  while (left.length > 0) {
    const [part = '', ...rest] = left;
    left = rest;
    const inner = /^\{(.*)\}$/s.exec(part)?.[1]?.trim();
    if (inner === undefined) text += part;
    else if (inner === 'end') return { text, rest };
    else if (/^["']/.test(inner)) text += literal(inner).replaceAll('\\n', '\n').replaceAll('\\t', '\t');
    else if (inner.startsWith('range ')) {
      const each = valuesAt(inner.slice('range '.length), root).map(value => fill(rest, value));
      text += each.map(one => one.text).join('');
      left = each[0]?.rest ?? fill(rest, undefined).rest;
    } else text += valuesAt(inner, root).map(valueText).join(' ');
  }
  return { text, rest: [] };
};
