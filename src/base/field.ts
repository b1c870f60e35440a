import type { ObjectRef, Source } from './source.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** A part of a native object that no reader understood, or that a reader left out on purpose. */
export interface Unread {
  readonly source: Source;
  readonly reason: string;
}

/** Why words for people are left out: they can neither let in nor keep out. */
export const forPeople = 'words for people';

/** A value of the wrong type, seen while reading. */
export interface TypeProblem {
  readonly source: Source;
  readonly expected: string;
  readonly found: string;
}

/** How many leaves of an object were read and which were not. */
export interface Account {
  readonly fields: number;
  readonly unread: readonly Unread[];
}

/** Up to so many children are searched one by one. */
const fewChildren = 12;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeName = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : isMapping(value) ? 'an object' : value === null ? 'null' : `a ${typeof value}`;

/**
 * A place inside a native object that remembers which of its parts were read. Every reader goes through fields, so
 * that at the end `account()` knows what nobody looked at: nothing a user wrote can be dropped in silence.
 *
 * A leaf is a scalar, or an empty list or object (which may well mean something: `retries: {}`).
 * YAML `null` counts as absent, as the Kubernetes API treats it. A value of the wrong type is recorded in
 * `problems()` and stays unread.
 */
export class Field implements Source {
  readonly value: unknown;
  private readonly parent: Field | ObjectRef;
  private readonly key: string | number;
  /** The first of the children that were looked at, which form a chain while they are few; most fields have one or two. */
  private children: Field | Map<string | number, Field> | 'not kept' | undefined;
  /** The next child of the same parent. */
  private next: Field | undefined;
  /** Undefined: nobody read it. `true`: read. A text: left out on purpose, and why. A problem: of the wrong type. */
  private state: true | string | TypeProblem | undefined;

  // There is one field for nearly every value of an input, so each is kept small.
  private constructor(value: unknown, parent: Field | ObjectRef, key: string | number, children?: 'not kept') {
    this.value = value;
    this.parent = parent;
    this.key = key;
    this.children = children;
    this.next = undefined;
    this.state = undefined;
  }

  /** The root field of an object. */
  static of(object: ObjectRef, body: unknown): Field {
    return new Field(body, object, '');
  }

  /** The root field of an object of which nobody will ask for an account or for problems: it remembers nothing. */
  static unaccounted(object: ObjectRef, body: unknown): Field {
    return new Field(body, object, '', 'not kept');
  }

  get object(): ObjectRef {
    let { parent } = this;
    while (parent instanceof Field) parent = parent.parent;
    return parent;
  }

  get path(): string {
    if (!(this.parent instanceof Field)) return '';
    const before = this.parent.path;
    if (typeof this.key === 'number') return `${before}[${this.key}]`;
    // Keys that hold dots (label names, `@request.auth.claims.x`) are written in brackets, as JSONPath does.
    const step = /^[A-Za-z0-9_-]+$/.test(this.key) ? `.${this.key}` : `["${this.key}"]`;
    return before === '' && step.startsWith('.') ? step.slice(1) : before + step;
  }

  /** The last step of the path. */
  get name(): string {
    return String(this.key);
  }

  /** The child at a key, or undefined if absent or null. */
  at(key: string): Field | undefined {
    if (!isMapping(this.value)) return undefined;
    return this.child(key, this.value[key]);
  }

  /** Follows several keys. */
  find(...keys: string[]): Field | undefined {
    let field: Field | undefined = this;
    for (const key of keys) field = field?.at(key);
    return field;
  }

  has(key: string): boolean {
    return isMapping(this.value) && this.value[key] !== undefined && this.value[key] !== null;
  }

  text(key: string): string | undefined {
    return this.at(key)?.asText();
  }

  number(key: string): number | undefined {
    return this.at(key)?.asNumber();
  }

  boolean(key: string): boolean | undefined {
    return this.at(key)?.asBoolean();
  }

  /** The elements of a list; empty if absent. An empty list counts as read. */
  list(key: string): Field[] {
    return this.at(key)?.items() ?? [];
  }

  /** The texts of a list of strings; undefined if absent. */
  texts(key: string): string[] | undefined {
    const field = this.at(key);
    if (!field) return undefined;
    return field.items().flatMap(item => item.asText() ?? []);
  }

  /** The entries of a map; empty if absent. */
  entries(key: string): [string, Field][] {
    return this.at(key)?.members() ?? [];
  }

  /** A map of strings; undefined if absent. */
  textMap(key: string): Record<string, string> | undefined {
    const field = this.at(key);
    if (!field) return undefined;
    const texts: Record<string, string> = {};
    for (const [name, member] of field.members()) {
      const text = member.asText();
      if (text === undefined) continue;
      // `__proto__` is a key like any other.
      if (name === '__proto__') Object.defineProperty(texts, name, { value: text, enumerable: true });
      else texts[name] = text;
    }
    return texts;
  }

  asText(): string | undefined {
    return typeof this.value === 'string' ? this.consume(this.value) : this.mistyped('a string');
  }

  asNumber(): number | undefined {
    return typeof this.value === 'number' ? this.consume(this.value) : this.mistyped('a number');
  }

  asBoolean(): boolean | undefined {
    return typeof this.value === 'boolean' ? this.consume(this.value) : this.mistyped('a boolean');
  }

  items(): Field[] {
    if (!Array.isArray(this.value)) return this.mistyped('a list') ?? [];
    if (this.value.length === 0) this.state ??= true;
    const items: Field[] = [];
    for (let index = 0; index < this.value.length; index += 1) {
      const item = this.child(index, this.value[index]);
      if (item) items.push(item);
    }
    return items;
  }

  members(): [string, Field][] {
    if (!isMapping(this.value)) return this.mistyped('an object') ?? [];
    const members: [string, Field][] = [];
    let empty = true;
    for (const key of Object.keys(this.value)) {
      empty = false;
      const member = this.child(key, this.value[key]);
      if (member) members.push([key, member]);
    }
    if (empty) this.state ??= true;
    return members;
  }

  /** True for `{}`: present and empty. Reading it this way counts. */
  isEmptyObject(): boolean {
    const empty = isMapping(this.value) && Object.keys(this.value).length === 0;
    if (empty) this.state ??= true;
    return empty;
  }

  /** The whole value, counted as read. Only for values whose inside nobody else reads (certificates, opaque blobs). */
  whole(): unknown {
    return this.consume(this.value);
  }

  /** Says that this part is left out on purpose, and why; it is accounted for as unread. */
  leave(reason: string): void {
    this.state = reason;
  }

  /** Says that a reader's result depends on this value being what it is (a discriminator, a constant). */
  note(): void {
    this.state ??= true;
  }

  /** Type problems at or below this field, in document order. */
  problems(): TypeProblem[] {
    const found: TypeProblem[] = [];
    this.collectProblems(found);
    return found;
  }

  /** Counts the leaves of the given top-level keys and lists those that nobody read. */
  account(keys: readonly string[], otherwise = 'no reader for this field'): Account {
    const unread: Unread[] = [];
    let fields = 0;
    for (const key of keys) {
      const part = this.at(key);
      if (part) fields += part.collectUnread(unread, otherwise, undefined);
    }
    return { fields, unread };
  }

  private consume<T>(value: T): T {
    this.state ??= true;
    return value;
  }

  private child(key: string | number, value: unknown): Field | undefined {
    if (value === undefined || value === null) return undefined;
    if (this.children === 'not kept') return new Field(value, this, key, 'not kept');
    if (this.children instanceof Map) return this.children.get(key) ?? this.adopt(this.children, value, key);
    let last: Field | undefined;
    let count = 0;
    for (let child = this.children; child; child = child.next) {
      if (child.key === key) return child;
      last = child;
      count += 1;
    }
    if (count >= fewChildren) {
      const children = new Map<string | number, Field>();
      this.forEachLooked(looked => children.set(looked.key, looked));
      this.children = children;
      return this.adopt(children, value, key);
    }
    const child = new Field(value, this, key);
    if (last) last.next = child;
    else this.children = child;
    return child;
  }

  private adopt(children: Map<string | number, Field>, value: unknown, key: string | number): Field {
    const child = new Field(value, this, key);
    children.set(key, child);
    return child;
  }

  /** Visits the children that were looked at, in the order in which they first were. */
  private forEachLooked(visit: (child: Field) => void): void {
    if (this.children instanceof Map) this.children.forEach(visit);
    else if (this.children !== 'not kept') for (let child = this.children; child; child = child.next) visit(child);
  }

  private mistyped(expected: string): undefined {
    if (typeof this.state !== 'string') this.state = { source: this, expected, found: typeName(this.value) };
    return undefined;
  }

  private collectProblems(into: TypeProblem[]): void {
    if (typeof this.state === 'object') into.push(this.state);
    this.forEachLooked(child => child.collectProblems(into));
  }

  /**
   * Adds the unread leaves at or below this field and returns how many leaves there are. `above`: what is already
   * decided for all of it: `true` when it was read as a whole, a reason when it was left out as a whole.
   */
  private collectUnread(into: Unread[], otherwise: string, above: true | string | undefined): number {
    const { value, state } = this;
    const left = typeof above === 'string' ? above : typeof state === 'string' ? state : undefined;
    const decided = left ?? (above === true || state === true ? true : undefined);
    let leaves = 0;
    let inner = false;
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index += 1) {
        inner = true;
        leaves += this.child(index, value[index])?.collectUnread(into, otherwise, decided) ?? 0;
      }
    } else if (isMapping(value)) {
      for (const key in value) {
        inner = true;
        leaves += this.child(key, value[key])?.collectUnread(into, otherwise, decided) ?? 0;
      }
    }
    if (inner) return leaves;
    if (decided !== true)
      into.push({ source: this, reason: left ?? (typeof state === 'object' ? 'wrong type' : otherwise) });
    return 1;
  }
}

/** A plain copy of a source, without the field behind it: for output and for comparison. */
export const plainSource = (source: Source): Source => ({ object: source.object, path: source.path });
