import type { Field } from '../../base/field.ts';
import type { ObjectRef, Source } from '../../base/source.ts';
import { parseDurationMs } from '../../base/units.ts';

const isMapping = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names are compared as Consul's decoder does: without case, and snake case is another spelling. */
const bare = (name: string): string => name.replaceAll('_', '').toLowerCase();

/**
 * A place in a config entry, by the names that its CRD uses. The API and the command line spell the same names in
 * Pascal or snake case (`PathPrefix`, `path_prefix`), which `isLoose` allows; the CRD takes its own spelling only.
 */
export class EntryField implements Source {
  readonly field: Field;
  private readonly isLoose: boolean;

  constructor(field: Field, isLoose: boolean) {
    this.field = field;
    this.isLoose = isLoose;
  }

  get object(): ObjectRef {
    return this.field.object;
  }

  get path(): string {
    return this.field.path;
  }

  at(key: string): EntryField | undefined {
    const found = this.field.at(this.spelling(key));
    return found && new EntryField(found, this.isLoose);
  }

  find(...keys: string[]): EntryField | undefined {
    let field: EntryField | undefined = this;
    for (const key of keys) field = field?.at(key);
    return field;
  }

  /** An empty text counts as nothing said, as in the API. */
  text(key: string): string | undefined {
    return this.at(key)?.field.asText() || undefined;
  }

  /** As `text`; where empty text is not the same as nothing. */
  rawText(key: string): string | undefined {
    return this.at(key)?.field.asText();
  }

  number(key: string): number | undefined {
    return this.at(key)?.field.asNumber();
  }

  boolean(key: string): boolean | undefined {
    return this.at(key)?.field.asBoolean();
  }

  list(key: string): EntryField[] {
    const found = this.at(key);
    // A block that is written once is no list in HCL, and means one.
    if (found && this.isLoose && isMapping(found.field.value)) return [found];
    return (found?.field.items() ?? []).map(item => new EntryField(item, this.isLoose));
  }

  texts(key: string): string[] | undefined {
    return this.field.texts(this.spelling(key));
  }

  /** The entries of a map; its keys are the user's own words. */
  entries(key: string): [string, EntryField][] {
    const members = this.at(key)?.field.members() ?? [];
    return members.map(([name, member]) => [name, new EntryField(member, this.isLoose)]);
  }

  textMap(key: string): Record<string, string> | undefined {
    return this.field.textMap(this.spelling(key));
  }

  /** Milliseconds of a Go duration; the API also takes nanoseconds as a number. Undefined if absent or no duration. */
  durationMs(key: string): number | undefined {
    const found = this.at(key)?.field;
    if (!found) return undefined;
    if (this.isLoose && typeof found.value === 'number') return (found.asNumber() ?? 0) / 1e6;
    const ms = parseDurationMs(found.asText() ?? '');
    if (ms === undefined) found.leave('no duration');
    return ms;
  }

  /** Says of a part that it is left out on purpose, and why. */
  leave(key: string, reason: string): void {
    this.at(key)?.field.leave(reason);
  }

  private spelling(key: string): string {
    const { value } = this.field;
    if (!this.isLoose || typeof value !== 'object' || value === null || key in value) return key;
    return Object.keys(value).find(name => bare(name) === bare(key)) ?? key;
  }
}
