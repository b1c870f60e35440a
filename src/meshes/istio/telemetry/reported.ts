import type { Field } from '../../../base/field.ts';
import type { Opaque } from '../../../model/model.ts';
import { type NativeObject, namespaceOf } from '../../../native/snapshot.ts';
import { objectsOf, type Reading, report } from '../reading.ts';

/** Kinds that say what proxies report or how they run; no answer about a request depends on them. */
const harmless = [
  ['telemetry.istio.io', 'Telemetry', 'what proxies report about traffic; it changes nothing about it'],
  ['networking.istio.io', 'ProxyConfig', 'how a proxy runs; it changes nothing about its traffic'],
] as const;

/** Kinds that put code or raw proxy configuration in the way of requests: they may change any answer, and are not guessed at. */
const opaque = [
  ['networking.istio.io', 'EnvoyFilter', 'raw proxy configuration; what it does to requests is not known'],
  ['extensions.istio.io', 'WasmPlugin', 'code that runs in the proxy; what it does to requests is not known'],
  ['extensions.istio.io', 'TrafficExtension', 'code that runs in the proxy; what it does to requests is not known'],
] as const;

/**
 * Accounts for the kinds that are reported and not read. Each of their fields is listed as unread; those that may change
 * what happens to requests become opaque parts of the model, and every answer that they touch says so.
 */
export const readReported = (reading: Reading): readonly Opaque[] => {
  for (const [group, kind, reason] of harmless) {
    for (const object of objectsOf(reading, group, kind)) reading.snapshot.field(object).at('spec')?.leave(reason);
  }
  return opaque.flatMap(([group, kind, reason]) =>
    objectsOf(reading, group, kind).map(object => {
      const spec = reading.snapshot.field(object).at('spec');
      const scope = scopeOf(reading, object, spec);
      spec?.leave(reason);
      report(reading, 'ISTIO140', object.ref, `\`${kind}\` is ${reason}`);
      return {
        id: `${kind} ${namespaceOf(object.ref)}/${object.ref.name}`,
        what: reason,
        ...scope,
        source: { object: object.ref, path: '' },
      };
    }),
  );
};

/**
 * Where it acts: the pods it selects in its namespace, in the root namespace those of all (EnvoyFilter
 * `workloadSelector.labels`; the others `selector.matchLabels`). What is put at a Gateway or Service by `targetRefs` is
 * taken to act in the whole namespace, since more caution is better than less.
 */
const scopeOf = (
  { config }: Reading,
  object: NativeObject,
  spec: Field | undefined,
): Pick<Opaque, 'namespaces' | 'labels'> => {
  const namespace = namespaceOf(object.ref);
  const labels = spec?.find('workloadSelector')?.textMap('labels') ?? spec?.find('selector')?.textMap('matchLabels');
  return {
    ...(namespace === config.rootNamespace ? {} : { namespaces: [namespace] }),
    ...(labels && !spec?.has('targetRefs') ? { labels } : {}),
  };
};
