import type { Inventory } from '../../model/inventory.ts';
import { decodeText } from '../../store/files/decode.ts';
import { readBytes } from '../../store/files/find.ts';
import { YamlProblem } from '../../store/files/yaml/problem.ts';
import { readYaml } from '../../store/files/yaml/read-yaml.ts';
import { StoreError } from '../../store/store-error.ts';
import { UserError } from '../exit.ts';

type Correspondence = Readonly<Record<string, string>>;

/** Which service of the first side is which of the second, from YAML or JSON: `shop/web: store/web`. */
export const readMapFile = (file: string): Correspondence => {
  const value = parsed(file);
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMapping || Object.values(value).some(id => typeof id !== 'string'))
    throw new UserError(`--map ${file}: expected a mapping of service ids, such as \`shop/web: store/web\``, 'failed');
  return value as Correspondence;
};

const parsed = (file: string): unknown => {
  try {
    const text = decodeText(readBytes(file)) ?? '';
    return readYaml(text, { start: 0, lineStart: 0, end: text.length }).value;
  } catch (error) {
    if (error instanceof YamlProblem || error instanceof StoreError)
      throw new UserError(`--map ${file}: ${error.message}`, 'failed');
    throw error;
  }
};

/** A name in the map that a side does not have would be ignored without a word. */
export const checkMap = (map: Correspondence, a: Inventory, b: Inventory): void => {
  const check = (ids: readonly string[], { services }: Inventory, side: string): void => {
    const known = new Set(services.map(({ id }) => id));
    const missing = ids.find(id => !known.has(id));
    if (missing !== undefined) throw new UserError(`--map: there is no service \`${missing}\` on the ${side} side`);
  };
  check(Object.keys(map), a, 'first');
  check(Object.values(map), b, 'second');
};
