import type { Source } from '../../../base/source.ts';
import type { Opaque } from '../../../model/model.ts';
import type { EntryField } from '../entry-field.ts';
import type { Reading } from '../reading.ts';
import type { Defaults } from './defaults.ts';

/** Keys of the configuration of proxies that hold Envoy's own words. */
const rawWords = /^envoy_.*_json$/i;

/**
 * Extensions of Envoy and its own configuration act on traffic, and nobody here understands them: Lua, external
 * authorization (which lets everyone in while it is down: observed, row 5.19), WebAssembly, patches.
 */
export const noteExtensions = (reading: Reading, { services, ofAll }: Defaults): void => {
  for (const [name, { spec }] of services) {
    const places = reading.services
      .named(name)
      .flatMap(({ endpoints }) =>
        endpoints.kind === 'pods' ? [{ namespaces: [endpoints.namespace], labels: endpoints.labels }] : [],
      );
    note(reading, name, spec, places);
  }
  note(reading, 'every service', ofAll?.spec, [{}]);
};

const note = (
  { opaque }: Reading,
  name: string,
  spec: EntryField | undefined,
  places: readonly Pick<Opaque, 'namespaces' | 'labels'>[],
): void => {
  const found: { what: string; source: Source }[] = [];
  for (const extension of spec?.list('envoyExtensions') ?? []) {
    const kind = extension.text('name');
    extension.field.leave('extensions of Envoy are not understood');
    found.push({ what: `extension \`${kind}\` at ${name}`, source: extension });
  }
  for (const [key, field] of spec?.entries('config') ?? []) {
    if (!rawWords.test(key)) continue;
    field.field.leave('the proxy’s own configuration is not understood');
    found.push({ what: `\`${key}\` at ${name}`, source: field });
  }
  const upstreams = spec?.at('upstreamConfig');
  for (const upstream of [
    ...(upstreams?.list('overrides') ?? []),
    ...[upstreams?.at('defaults')].flatMap(one => one ?? []),
  ]) {
    for (const key of ['envoyListenerJSON', 'envoyClusterJSON']) {
      const field = upstream.at(key);
      if (!field) continue;
      field.field.leave('the proxy’s own configuration is not understood');
      found.push({ what: `\`${key}\` of the upstreams of ${name}`, source: field });
    }
  }
  for (const { what, source } of found) for (const place of places) opaque.push({ id: what, what, ...place, source });
};
