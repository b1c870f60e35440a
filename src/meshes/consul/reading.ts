import type { ReadObject } from '../../adapter/adapter.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import { groupBy } from '../../base/order.ts';
import type { Source } from '../../base/source.ts';
import type { ServiceDirectory } from '../../model/directory.ts';
import type { Inventory, Service } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import type { Opaque } from '../../model/model.ts';
import { type NativeObject, namespaceOf, type Snapshot } from '../../native/snapshot.ts';
import type { ControlPlane } from './control-plane.ts';
import { EntryField } from './entry-field.ts';
import { type ConsulCode, consulFindings } from './findings.ts';
import { group } from './resources.ts';
import type { ConsulServices } from './services.ts';

/** What every reader of one Consul works with. Readers add findings and opaque parts; everything else they return. */
export interface Reading {
  readonly snapshot: Snapshot;
  readonly inventory: Inventory;
  readonly directory: ServiceDirectory;
  readonly services: ConsulServices;
  readonly mesh: Mesh;
  readonly plane: ControlPlane;
  /** Services of other clusters that something here leads to, by their hosts. */
  readonly elsewhere: Map<string, Service>;
  /** Names of services outside the mesh, behind terminating gateways. */
  readonly outside: ReadonlySet<string>;
  readonly findings: Finding[];
  readonly opaque: Opaque[];
  readonly objects: ReadObject[];
}

/** A config entry: its name, where it was found, and what it says. */
export interface Entry {
  readonly name: string;
  /** Of the custom resource; `default` for an entry that was not made in Kubernetes. */
  readonly namespace: string;
  readonly object: NativeObject;
  /** Undefined: it says nothing. */
  readonly spec: EntryField | undefined;
}

/** Keys of an entry of the API that are no settings. */
const entryWords = new Set(['kind', 'name', 'namespace', 'partition', 'meta', 'createindex', 'modifyindex', 'hash']);

const settingKeys = ({ body }: NativeObject): readonly string[] =>
  Object.keys(body).filter(key => !entryWords.has(key.toLowerCase()));

/** Whether an object is a custom resource, and not an entry as the API and the command line take it. */
export const isCustomResource = ({ body }: NativeObject): boolean => 'apiVersion' in body;

/** The entries of a kind, older first; each is noted as read. */
export const entriesOf = (reading: Pick<Reading, 'snapshot' | 'objects'>, kind: string): readonly Entry[] =>
  reading.snapshot.of(group, kind).map(object => {
    const isResource = isCustomResource(object);
    reading.objects.push({ object, body: isResource ? ['spec'] : settingKeys(object) });
    const root = reading.snapshot.field(object);
    const spec = isResource ? root.at('spec') : root;
    return {
      name: object.ref.name,
      namespace: namespaceOf(object.ref),
      object,
      spec: spec && new EntryField(spec, !isResource),
    };
  });

/** One entry for each name: names are unique over all namespaces, and the oldest keeps its own. */
export const entriesByName = (
  reading: Pick<Reading, 'snapshot' | 'objects'>,
  kind: string,
): ReadonlyMap<string, Entry> =>
  new Map([...groupBy(entriesOf(reading, kind), ({ name }) => name)].map(([name, [first]]) => [name, first!]));

/** Adds a finding of this adapter's table. */
export const report = (
  reading: Pick<Reading, 'findings'>,
  code: ConsulCode,
  at: Source | NativeObject['ref'] | undefined,
  message: string,
  hint?: string,
): void => {
  reading.findings.push(findingOf(consulFindings, code, at, message, hint));
};
