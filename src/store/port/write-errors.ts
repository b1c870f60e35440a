import { StoreError } from '../store-error.ts';
import { type ObjectId, titleOf } from './object.ts';

/** A precondition that does not hold. */
export interface Mismatch {
  readonly precondition: 'resourceVersion' | 'uid';
  readonly expected: string;
  readonly found: string;
}

/** The object is not the version, or not the very object, that the caller meant (`conflict`). */
export class ConflictError extends StoreError {
  declare readonly code: 'conflict';
  readonly id: ObjectId;
  /** Which of the two preconditions does not hold. */
  readonly precondition: 'resourceVersion' | 'uid';
  readonly expected: string;
  readonly found: string;

  constructor(store: string, id: ObjectId, { precondition, expected, found }: Mismatch) {
    const what =
      precondition === 'uid'
        ? `was deleted and made again: it has the uid ${found}, not ${expected}`
        : `has changed: it is at version ${found}, not ${expected}`;
    super('conflict', store, `${titleOf(id)} ${what}; read it again and repeat the change`);
    this.id = id;
    this.precondition = precondition;
    this.expected = expected;
    this.found = found;
  }
}

/** A field that another manager owns and that would change. */
export interface OwnedField {
  /** `spec.rules[name="a"].weight`. */
  readonly path: string;
  readonly manager: string;
  /** Whether the other manager applied it, or changed it once. */
  readonly operation: 'Apply' | 'Update';
}

/** What a manager applies would change fields that others own (`owned`). */
export class OwnedFieldsError extends StoreError {
  declare readonly code: 'owned';
  readonly id: ObjectId;
  /** Ordered by manager, then path; never empty. */
  readonly fields: readonly OwnedField[];

  constructor(store: string, id: ObjectId, fields: readonly OwnedField[]) {
    const owners = [...new Set(fields.map(field => field.manager))].map(
      manager =>
        `${manager} owns ${fields.flatMap(field => (field.manager === manager ? [`\`${field.path}\``] : [])).join(', ')}`,
    );
    super(
      'owned',
      store,
      `${titleOf(id)} was not applied: ${owners.join('; ')}; leave these out, or force to take them over`,
    );
    this.id = id;
    this.fields = fields;
  }
}
