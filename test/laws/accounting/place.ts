/** The steps from an object to one value in it. */
export type Place = readonly (string | number)[];

type Step = { readonly kind: 'key'; readonly key: string } | { readonly kind: 'element' } | { readonly kind: 'value' };

/** `spec.http[].match[].headers{}.exact`: `[]` is any element of a list, `{}` any value of a map. */
const stepsOf = (pattern: string): readonly Step[] =>
  pattern.split('.').flatMap((part): Step[] => {
    const [, key = '', rest = ''] = /^([^[{]*)((?:\[\]|\{\})*)$/.exec(part) ?? [];
    const inner = (rest.match(/\[\]|\{\}/g) ?? []).map((mark): Step => ({ kind: mark === '[]' ? 'element' : 'value' }));
    return [{ kind: 'key', key }, ...inner];
  });

/** Every place of an object that a pattern names and that is set there. */
export const placesIn = (body: unknown, pattern: string): readonly Place[] => {
  let found: { readonly place: Place; readonly value: unknown }[] = [{ place: [], value: body }];
  for (const step of stepsOf(pattern)) {
    found = found.flatMap(({ place, value }) =>
      keysOf(value, step).map(key => ({
        place: [...place, key],
        value: (value as Record<string | number, unknown>)[key],
      })),
    );
  }
  return found.map(({ place }) => place);
};

const keysOf = (value: unknown, step: Step): readonly (string | number)[] => {
  if (typeof value !== 'object' || value === null) return [];
  if (step.kind === 'element') return Array.isArray(value) ? value.map((_, index) => index) : [];
  if (Array.isArray(value)) return [];
  if (step.kind === 'value') return Object.keys(value);
  return (value as Record<string, unknown>)[step.key] === undefined ? [] : [step.key];
};

/** As the path of a source is written. */
export const pathOf = (place: Place): string => {
  let path = '';
  for (const step of place) {
    if (typeof step === 'number') path += `[${step}]`;
    else if (/^[A-Za-z0-9_-]+$/.test(step)) path += path === '' ? step : `.${step}`;
    else path += `["${step}"]`;
  }
  return path;
};

export const valueAt = (body: unknown, place: Place): unknown => {
  let value = body;
  for (const step of place) value = (value as Record<string | number, unknown>)[step];
  return value;
};

/** A copy with another value at that place; what lies beside the way is shared. */
export const withValue = <T>(body: T, [step, ...rest]: Place, value: unknown): T => {
  if (step === undefined) return value as T;
  const copy = Array.isArray(body) ? [...body] : { ...body };
  const holder = copy as Record<string | number, unknown>;
  holder[step] = withValue(holder[step], rest, value);
  return copy as T;
};
