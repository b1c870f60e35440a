import { type Form, type Manifest, ownershipLabel } from '../../adapter/adapter.ts';
import { selects } from '../../model/scope.ts';
import { printHcl } from '../../native/hcl/print-hcl.ts';
import { groupOf } from '../../native/snapshot.ts';
import { gatewayEntry, isInsideOthers } from './gateway-entry.ts';
import { group } from './resources.ts';

type Json = Readonly<Record<string, unknown>>;

/** The kinds of config entries, as the API calls them; `name: false` for those of which there is one without a name. */
const kinds: Readonly<Record<string, { readonly kind: string; readonly name?: false }>> = {
  ProxyDefaults: { kind: 'proxy-defaults' },
  Mesh: { kind: 'mesh', name: false },
  ServiceDefaults: { kind: 'service-defaults' },
  ServiceResolver: { kind: 'service-resolver' },
  ServiceSplitter: { kind: 'service-splitter' },
  ServiceRouter: { kind: 'service-router' },
  JWTProvider: { kind: 'jwt-provider' },
  TerminatingGateway: { kind: 'terminating-gateway' },
  ServiceIntentions: { kind: 'service-intentions' },
};

/** Words that the API writes in capitals throughout. */
const capitals: Readonly<Record<string, string>> = {
  http: 'HTTP',
  jwt: 'JWT',
  jwks: 'JWKS',
  ttl: 'TTL',
  uri: 'URI',
  jsonWebKeySet: 'JSONWebKeySet',
};

/** Maps whose keys are the user's own words: names of subsets and of headers. */
const ownWords = new Set(['subsets', 'failover', 'set', 'add']);

const pascal = (key: string): string => capitals[key] ?? key[0]!.toUpperCase() + key.slice(1);

/** The words of the API, which are those of the custom resource in Pascal case. The decoder does not look at case. */
const inPascal = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inPascal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]): [string, unknown] => {
      if (key === 'config') return ['Config', inner];
      if (!ownWords.has(key)) return [pascal(key), inPascal(inner)];
      const own = Object.entries(inner as Json).map(([name, part]): [string, unknown] => [name, inPascal(part)]);
      return [pascal(key), Object.fromEntries(own)];
    }),
  );
};

/**
 * A custom resource as the config entry that consul-k8s makes of it, which the API and `consul config write` take; undefined
 * for an object of Kubernetes. An intention bears the name of its destination.
 */
export const configEntry = (manifest: Manifest, beside: readonly Manifest[] = []): Json | undefined => {
  const { apiVersion, kind, metadata, spec } = manifest;
  const known = groupOf({ apiVersion }) === group ? kinds[kind] : undefined;
  if (!known) return gatewayEntry(manifest, beside);
  const { destination, ...rest } = (spec ?? {}) as { readonly destination?: { readonly name?: string } };
  const isIntention = kind === 'ServiceIntentions';
  const name = isIntention ? (destination?.name ?? metadata.name) : metadata.name;
  const said = isIntention || destination === undefined ? rest : { destination, ...rest };
  return {
    Kind: known.kind,
    ...(known.name === false ? {} : { Name: name }),
    ...(inPascal(said) as Json),
  };
};

/** With our mark, which an entry has as metadata. */
const marked = (manifest: Manifest, beside: readonly Manifest[]): Json | undefined => {
  const entry = configEntry(manifest, beside);
  return entry && selects(ownershipLabel, manifest.metadata.labels ?? {}) ? { ...entry, Meta: ownershipLabel } : entry;
};

/** What is written, for agents that no Kubernetes stands behind: one entry in a file. */
export const forms: Readonly<Record<string, Form>> = {
  hcl: {
    extension: 'hcl',
    omits: isInsideOthers,
    print: (manifest, beside) => {
      const entry = marked(manifest, beside);
      return entry && printHcl(entry);
    },
  },
  json: {
    extension: 'json',
    omits: isInsideOthers,
    print: (manifest, beside) => {
      const entry = marked(manifest, beside);
      return entry && `${JSON.stringify(entry, undefined, 2)}\n`;
    },
  },
};
