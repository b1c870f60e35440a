import type { Field } from '../../../base/field.ts';
import { proxyDefault, type Setting, written } from '../../../base/source.ts';
import type { EncryptionMode, PeerEncryption } from '../../../model/capabilities/encryption.ts';
import type { Workload } from '../../../model/inventory.ts';
import { type Labels, type ServerScope, selects } from '../../../model/scope.ts';
import { metadataOf, type NativeObject, namespaceOf } from '../../../native/snapshot.ts';
import { objectsOf, type Reading, report } from '../reading.ts';
import { workloadScope } from './policy-scope.ts';

type Mode = Setting<EncryptionMode>;

const modes: Readonly<Record<string, EncryptionMode>> = {
  STRICT: 'strict',
  PERMISSIVE: 'permissive',
  DISABLE: 'disabled',
};

/** `mtls`, or one entry of `portLevelMtls`; undefined is UNSET, which inherits. */
const modeOf = (mtls: Field | undefined): Mode | undefined => {
  mtls?.isEmptyObject();
  const field = mtls?.at('mode');
  const mode = modes[field?.asText() ?? 'UNSET'];
  return mode && field ? written(mode, field) : undefined;
};

interface Written {
  readonly object: NativeObject;
  readonly namespace: string;
  readonly spec: Field | undefined;
  /** Absent for a whole namespace, or the mesh. */
  readonly labels: Labels | undefined;
}

/**
 * PeerAuthentications as a list that is asked from the top: workloads, then namespaces, then the mesh (the one without
 * a selector in the root namespace). On one level the older counts and the newer is ignored; UNSET takes over what
 * stands above; nobody said anything: permissive (observed, rows 13.1–13.7).
 */
export const readPeerAuthentications = (reading: Reading): PeerEncryption[] => {
  const { rootNamespace } = reading.config;
  const all = objectsOf(reading, 'security.istio.io', 'PeerAuthentication').flatMap(object => {
    const one = readOne(reading, object);
    if (!one.labels || one.namespace !== rootNamespace) return [one];
    const where = one.spec?.at('selector') ?? object.ref;
    report(
      reading,
      'ISTIO202',
      where,
      `a selector in the root namespace \`${rootNamespace}\` makes it apply to nobody`,
    );
    one.spec?.leave('ignored: it has a selector and is in the root namespace');
    return [];
  });
  const wide = oldestOfEach(
    reading,
    all.filter(({ labels }) => !labels),
  );
  const mesh = wide.find(({ namespace }) => namespace === rootNamespace);
  const meshMode = modeOf(mesh?.spec?.at('mtls')) ?? proxyDefault('permissive');
  const namespaces = wide.filter(one => one !== mesh);
  const modeIn = new Map(namespaces.map(one => [one.namespace, modeOf(one.spec?.at('mtls')) ?? meshMode]));
  const workloads = withoutHidden(
    reading,
    all.filter(({ labels }) => labels),
  );
  return [
    ...workloads.flatMap(one =>
      forWorkloads(reading, one, { inherited: modeIn.get(one.namespace) ?? meshMode, rivals: workloads }),
    ),
    ...namespaces.map(one => item(reading, one, modeIn.get(one.namespace) ?? meshMode)),
    ...(mesh ? [item(reading, mesh, meshMode)] : []),
  ].flatMap(entry => withoutDisabledAmbient(reading, entry));
};

const readOne = (reading: Reading, object: NativeObject): Written => {
  const spec = reading.snapshot.field(object).at('spec');
  spec?.isEmptyObject();
  spec?.at('selector')?.isEmptyObject();
  const labels = spec?.find('selector')?.textMap('matchLabels');
  const hasLabels = labels && Object.keys(labels).length > 0;
  return { object, namespace: namespaceOf(object.ref), spec, labels: hasLabels ? labels : undefined };
};

const ignoredFor = (reading: Reading, ignored: Written, owner: Written): void => {
  const name = `${owner.namespace}/${owner.object.ref.name}`;
  report(
    reading,
    'ISTIO203',
    ignored.object.ref,
    `the older PeerAuthentication \`${name}\` decides; this one is ignored`,
  );
  if (!metadataOf(ignored.object).creationTimestamp || !metadataOf(owner.object).creationTimestamp) {
    report(reading, 'ISTIO008', ignored.object.ref, `\`${name}\` is taken to be the older of the two`);
  }
  ignored.spec?.leave(`ignored: \`${name}\` is older`);
};

/** One per namespace. */
const oldestOfEach = (reading: Reading, wide: readonly Written[]): Written[] => {
  const oldest = new Map<string, Written>();
  for (const one of wide) {
    const owner = oldest.get(one.namespace);
    if (owner) ignoredFor(reading, one, owner);
    else oldest.set(one.namespace, one);
  }
  return [...oldest.values()];
};

/** A policy all of whose pods an older one selects as well never decides. */
const withoutHidden = (reading: Reading, all: readonly Written[]): Written[] => {
  const kept: Written[] = [];
  for (const one of all) {
    const owner = kept.find(older => older.namespace === one.namespace && selects(older.labels, one.labels ?? {}));
    if (owner) ignoredFor(reading, one, owner);
    else kept.push(one);
  }
  return kept;
};

const item = (reading: Reading, { object, namespace, spec, labels }: Written, mode: Mode): PeerEncryption => {
  if (!labels) spec?.at('portLevelMtls')?.leave('modes for ports need a selector');
  return {
    id: `${namespace}/${object.ref.name}`,
    scope: workloadScope(reading, namespace, labels),
    mode,
    source: spec ?? { object: object.ref, path: '' },
  };
};

/** The ports first. They are container ports; the number of a service port is silently ignored (observed, row 13.5). */
const forWorkloads = (
  reading: Reading,
  one: Written,
  { inherited, rivals }: { readonly inherited: Mode; readonly rivals: readonly Written[] },
): PeerEncryption[] => {
  const own = modeOf(one.spec?.at('mtls'));
  const whole = item(reading, one, own ?? inherited);
  const ports = (one.spec?.entries('portLevelMtls') ?? []).flatMap(([key, field]) => {
    const port = Number(key);
    if (!Number.isInteger(port)) return [];
    const scope = { ...whole.scope, ports: [port] };
    return [{ id: `${whole.id} port ${key}`, scope, mode: modeOf(field) ?? whole.mode, source: field }];
  });
  // UNSET falls through to the namespace by itself, unless a newer policy for the same workloads stands between.
  const newer = rivals.slice(rivals.indexOf(one) + 1);
  return own || newer.some(other => mayMeet(one, other)) ? [...ports, whole] : ports;
};

const mayMeet = (a: Written, b: Written): boolean =>
  a.namespace === b.namespace &&
  Object.entries(a.labels ?? {}).every(([name, value]) => (b.labels?.[name] ?? value) === value);

const covers = ({ namespaces, labels }: ServerScope, workload: Workload): boolean =>
  (!namespaces || namespaces.includes(workload.namespace)) && selects(labels, workload.labels);

/**
 * In ambient mode DISABLE has no meaning: ztunnel takes mesh mTLS whatever the mode, and plaintext unless it is STRICT
 * (Istio 1.31, ambient/authorization.go knows only STRICT). So these workloads are permissive.
 */
const withoutDisabledAmbient = (reading: Reading, entry: PeerEncryption): PeerEncryption[] => {
  if (entry.mode.value !== 'disabled') return [entry];
  const modeOfMember = ({ memberships }: Workload) => memberships.find(({ mesh }) => mesh === reading.mesh.id)?.mode;
  const members = reading.inventory.workloads.filter(
    workload => covers(entry.scope, workload) && modeOfMember(workload),
  );
  const ambient = members.filter(workload => modeOfMember(workload) === 'ambient');
  if (ambient.length === 0) return [entry];
  const names = ambient.map(({ id }) => `\`${id}\``).join(', ');
  report(reading, 'ISTIO303', entry.mode.source ?? entry.source!, `DISABLE has no effect on ${names}, in ambient mode`);
  const mode: Mode = { ...entry.mode, value: 'permissive' };
  if (ambient.length === members.length) return [{ ...entry, mode }];
  const exceptions = ambient.map(({ id, namespace, labels }) => ({
    ...entry,
    id: `${entry.id} for ${id}`,
    scope: { ...entry.scope, namespaces: [namespace], labels },
    mode,
  }));
  return [...exceptions, entry];
};
