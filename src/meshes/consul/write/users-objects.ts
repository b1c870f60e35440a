import { type Manifest, ownershipLabel } from '../../../adapter/adapter.ts';
import { annotated } from '../../../adapter/annotated-objects.ts';
import { type Finding, findingOf } from '../../../base/finding.ts';
import { isSame } from '../../../base/same.ts';
import { selects } from '../../../model/scope.ts';
import { groupOf, metadataOf, type NativeObject, type Snapshot } from '../../../native/snapshot.ts';
import { consulFindings } from '../findings.ts';

interface Beside {
  readonly objects: readonly Manifest[];
  readonly findings: readonly Finding[];
}

type Json = Readonly<Record<string, unknown>>;

/**
 * A config entry bears the name of its service, so that no other name would do. Where the user has one of that name, what
 * it lacks is added to it; if it says otherwise, it stays as it is and ours is left out, which is told.
 */
export const besideUsers = (manifests: readonly Manifest[], snapshot: Snapshot): Beside => {
  const findings: Finding[] = [];
  const objects = manifests.flatMap(manifest => {
    const theirs = usersObject(manifest, snapshot);
    if (!theirs) return [manifest];
    const spec = added((theirs.body as { spec?: Json }).spec ?? {}, manifest.spec as Json);
    const title = `${manifest.kind} ${manifest.metadata.name}`;
    if (!spec) {
      findings.push(findingOf(consulFindings, 'CONSUL302', theirs.ref, `${title} says something else`));
      return [];
    }
    findings.push(findingOf(consulFindings, 'CONSUL301', theirs.ref, `${title} with what it lacks`));
    return [{ ...annotated({ object: theirs, on: 'object', annotations: {} }), spec }];
  });
  return { objects, findings };
};

const usersObject = ({ apiVersion, kind, metadata }: Manifest, snapshot: Snapshot): NativeObject | undefined => {
  if (!selects(ownershipLabel, metadata.labels ?? {})) return undefined;
  const object = snapshot.find(groupOf({ apiVersion }), kind, metadata.namespace, metadata.name);
  return object && !selects(ownershipLabel, metadataOf(object).labels) ? object : undefined;
};

const isMapping = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** All of the one with what it lacks of the other; undefined if they differ where both say something. */
const added = (theirs: Json, ours: Json): Json | undefined => {
  const joined: Record<string, unknown> = { ...theirs };
  for (const [key, value] of Object.entries(ours)) {
    const known = theirs[key];
    if (known === undefined || known === null) joined[key] = value;
    else if (isMapping(known) && isMapping(value)) {
      const inner = added(known, value);
      if (!inner) return undefined;
      joined[key] = inner;
    } else if (!isSame(known, value)) return undefined;
  }
  return joined;
};
