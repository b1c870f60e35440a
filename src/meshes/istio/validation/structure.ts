import type { Source } from '../../../base/source.ts';
import type { NativeObject } from '../../../native/snapshot.ts';
import type { Shape } from './shape.ts';
import { kinds, shapes } from './shapes.gen.ts';
import type { Tell } from './tell.ts';

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isThere = (value: unknown): boolean => value !== undefined && value !== null;

const nameOfType = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : isMapping(value) ? 'an object' : value === null ? 'null' : `a ${typeof value}`;

const wanted: Readonly<Record<Shape['type'], string>> = {
  object: 'an object',
  list: 'a list',
  map: 'an object',
  opaque: 'an object',
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'a boolean',
  'int-or-string': 'an integer or a string',
};

/** Members every object has; `checkStructure` looks at the others. */
const identity = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/**
 * Compares an object with the schema of its CRD. An absent `spec` that the schema demands is told here too. Patterns
 * and rules across fields are left to the rules of each kind.
 */
export const checkStructure = (object: NativeObject, key: string, tell: Tell): void => {
  const kind = kinds[key];
  if (!kind) return;
  const rest = Object.fromEntries(Object.entries(object.body).filter(([name]) => !identity.has(name)));
  new Structure(object, tell).check(rest, kind.shape, '');
};

class Structure {
  private readonly object: NativeObject;
  private readonly tell: Tell;

  constructor(object: NativeObject, tell: Tell) {
    this.object = object;
    this.tell = tell;
  }

  check(value: unknown, index: number, path: string): void {
    const shape = shapes[index];
    if (!shape) return;
    if (!hasType(value, shape)) {
      const found = nameOfType(value);
      this.tell('ISTIO902', this.at(path), `expected ${wanted[shape.type]}, found ${found}`);
      return;
    }
    if (shape.type === 'object') this.checkFields(value as Mapping, shape, path);
    if (shape.type === 'map') this.checkMap(value as Mapping, shape, path);
    if (shape.type === 'list') this.checkList(value as readonly unknown[], shape, path);
    if (typeof value === 'string') this.checkText(value, shape, path);
    if (typeof value === 'number') this.checkNumber(value, shape, path);
  }

  private at(path: string): Source {
    return { object: this.object.ref, path };
  }

  private checkFields(value: Mapping, shape: Shape, path: string): void {
    const { fields = {}, required = [], oneOf = [] } = shape;
    for (const [name, inner] of Object.entries(value)) {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field === undefined) this.tell('ISTIO901', this.at(step(path, name)), unknownField(name, path, fields));
      // The API server takes a null for a field that is not there, as long as the field may be absent.
      else if (isThere(inner)) this.check(inner, field, step(path, name));
    }
    for (const name of required) {
      if (!isThere(value[name])) this.tell('ISTIO904', this.at(path), `\`${name}\` is required`);
    }
    for (const names of oneOf) {
      const present = names.filter(name => isThere(value[name]));
      if (present.length < 2) continue;
      this.tell('ISTIO905', this.at(path), `only one of ${present.map(name => `\`${name}\``).join(', ')} may be set`);
    }
  }

  private checkMap(value: Mapping, shape: Shape, path: string): void {
    const members = Object.entries(value);
    this.checkCount(members.length, shape.minProperties, shape.maxProperties, 'entries', path);
    if (shape.each === undefined) return;
    for (const [name, inner] of members) this.check(inner, shape.each, step(path, name));
  }

  private checkList(value: readonly unknown[], shape: Shape, path: string): void {
    this.checkCount(value.length, shape.minItems, shape.maxItems, 'elements', path);
    if (shape.each === undefined) return;
    for (const [index, inner] of value.entries()) this.check(inner, shape.each, `${path}[${index}]`);
  }

  private checkText(value: string, shape: Shape, path: string): void {
    if (shape.values && !shape.values.includes(value)) {
      const known = shape.values.map(text => (text === '' ? 'an empty text' : `\`${text}\``)).join(', ');
      this.tell('ISTIO903', this.at(path), `\`${value}\` is not one of ${known}`);
      return;
    }
    this.checkCount([...value].length, shape.minLength, shape.maxLength, 'characters', path);
  }

  private checkNumber(value: number, shape: Shape, path: string): void {
    const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = shape;
    if (value >= minimum && value <= maximum) return;
    const bound = value < minimum ? `at least ${minimum}` : `at most ${maximum}`;
    this.tell('ISTIO906', this.at(path), `expected ${bound}, found \`${value}\``);
  }

  private checkCount(count: number, minimum = 0, maximum = Number.POSITIVE_INFINITY, what: string, path: string): void {
    if (count >= minimum && count <= maximum) return;
    const bound = count < minimum ? `at least ${minimum}` : `at most ${maximum}`;
    this.tell('ISTIO906', this.at(path), `expected ${bound} ${what}, found ${count}`);
  }
}

const hasType = (value: unknown, shape: Shape): boolean => {
  switch (shape.type) {
    case 'object':
    case 'map':
      return isMapping(value);
    case 'opaque':
      return value !== null;
    case 'list':
      return Array.isArray(value);
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'int-or-string':
      return typeof value === 'string' || Number.isInteger(value);
  }
};

const step = (path: string, name: string): string => {
  const next = /^[A-Za-z0-9_-]+$/.test(name) ? `.${name}` : `["${name}"]`;
  return path === '' && next.startsWith('.') ? name : path + next;
};

/** Names one of the known fields if only its spelling differs. */
const unknownField = (name: string, path: string, fields: Readonly<Record<string, number>>): string => {
  const plain = (text: string): string => text.replaceAll(/[_-]/g, '').toLowerCase();
  const meant = Object.keys(fields).find(known => plain(known) === plain(name));
  const where = path === '' ? 'at the top of an object' : `in \`${path}\``;
  return `\`${name}\` is no field ${where}${meant ? `; \`${meant}\` is` : ''}`;
};
