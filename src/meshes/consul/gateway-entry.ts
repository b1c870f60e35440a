import type { Manifest } from '../../adapter/adapter.ts';
import { gatewayGroup } from '../../native/gateway-api/kinds.ts';
import { groupOf } from '../../native/snapshot.ts';
import { group } from './resources.ts';

type Json = Readonly<Record<string, unknown>>;

/** What of Gateway API is written for Consul, as far as it is looked at here. */
interface Listener {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly hostname?: string;
  readonly tls?: {
    readonly certificateRefs?: readonly { readonly name: string }[];
    readonly options?: Readonly<Record<string, string>>;
  };
}
interface Parent {
  readonly name: string;
  readonly sectionName?: string;
}
interface Backend {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly weight?: number;
}
interface Edits {
  readonly set?: readonly Named[];
  readonly add?: readonly Named[];
  readonly remove?: readonly string[];
}
interface Named {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
}
interface Filter {
  readonly requestHeaderModifier?: Edits;
  readonly responseHeaderModifier?: Edits;
  readonly urlRewrite?: { readonly path: { readonly replacePrefixMatch: string } };
  readonly extensionRef?: { readonly kind: string; readonly name: string };
}
interface HttpMatch {
  readonly path?: { readonly type: string; readonly value: string };
  readonly headers?: readonly Named[];
  readonly queryParams?: readonly Named[];
  readonly method?: string;
}
interface RouteRule {
  readonly matches?: readonly HttpMatch[];
  readonly filters?: readonly Filter[];
  readonly backendRefs?: readonly Backend[];
}

/** What only routes and gateways refer to: an entry has it inside. */
const inside = new Set(['MeshService', 'RouteRetryFilter', 'RouteTimeoutFilter']);

export const isInsideOthers = ({ apiVersion, kind }: Manifest): boolean =>
  kind === 'ReferenceGrant' || (groupOf({ apiVersion }) === group && inside.has(kind));

/**
 * A gateway or a route as the config entry that consul-k8s makes of it (control-plane/api-gateway/common/translation.go,
 * 2.0); undefined for anything else.
 */
export const gatewayEntry = (manifest: Manifest, beside: readonly Manifest[]): Json | undefined => {
  if (groupOf(manifest) !== gatewayGroup) return undefined;
  const { kind, metadata } = manifest;
  const spec = (manifest.spec ?? {}) as { parentRefs?: readonly Parent[]; listeners?: readonly Listener[] };
  const route = { Name: metadata.name, Parents: (spec.parentRefs ?? []).map(parentEntry) };
  const find = finder(manifest, beside);
  switch (kind) {
    case 'Gateway':
      return { Kind: 'api-gateway', Name: metadata.name, Listeners: (spec.listeners ?? []).map(listenerEntry) };
    case 'HTTPRoute': {
      const { hostnames, rules = [] } = spec as { hostnames?: readonly string[]; rules?: readonly RouteRule[] };
      const Hostnames = hostnames && hostnames.length > 0 ? { Hostnames: hostnames } : {};
      return { Kind: 'http-route', ...route, ...Hostnames, Rules: rules.map(rule => ruleEntry(rule, find)) };
    }
    case 'TCPRoute': {
      const { rules = [] } = spec as { rules?: readonly RouteRule[] };
      const backends = rules.flatMap(({ backendRefs = [] }) => backendRefs);
      return { Kind: 'tcp-route', ...route, Services: backends.map(({ name }) => ({ Name: name })) };
    }
    default:
      return undefined;
  }
};

type Find = (kind: string, name: string) => Json;

/** What an object says that a route refers to. */
const finder =
  ({ metadata }: Manifest, beside: readonly Manifest[]): Find =>
  (kind, name) =>
    (beside.find(
      other => other.kind === kind && other.metadata.name === name && other.metadata.namespace === metadata.namespace,
    )?.spec ?? {}) as Json;

const parentEntry = ({ name, sectionName }: Parent): Json => ({
  Kind: 'api-gateway',
  Name: name,
  ...(sectionName === undefined ? {} : { SectionName: sectionName }),
});

/** Without Kubernetes a certificate is an entry of its own, of the name that the Secret has. */
const listenerEntry = ({ name, port, protocol, hostname, tls }: Listener): Json => ({
  Name: name,
  Port: port,
  Protocol: protocol === 'TCP' ? 'tcp' : 'http',
  ...(hostname === undefined ? {} : { Hostname: hostname }),
  ...(tls ? { TLS: tlsEntry(tls) } : {}),
});

const tlsEntry = ({ certificateRefs = [], options = {} }: NonNullable<Listener['tls']>): Json => {
  const said = (name: string): string | undefined => options[`api-gateway.consul.hashicorp.com/tls_${name}`];
  const [min, max, ciphers] = [said('min_version'), said('max_version'), said('cipher_suites')];
  return {
    Certificates: certificateRefs.map(({ name }) => ({ Kind: 'inline-certificate', Name: name })),
    ...(min === undefined ? {} : { MinVersion: min }),
    ...(max === undefined ? {} : { MaxVersion: max }),
    ...(ciphers === undefined ? {} : { CipherSuites: ciphers.split(',') }),
  };
};

const ruleEntry = ({ matches = [], filters = [], backendRefs = [] }: RouteRule, find: Find): Json => {
  const words = filters.map(filter => filterEntry(filter, find));
  const Filters = Object.assign({}, ...words.map(({ own }) => own)) as Json;
  const responses = words.flatMap(({ responses: found }) => found);
  return {
    ...(matches.length > 0 ? { Matches: matches.map(matchEntry) } : {}),
    ...(Object.keys(Filters).length > 0 ? { Filters } : {}),
    ...(responses.length > 0 ? { ResponseFilters: { Headers: responses } } : {}),
    Services: backendRefs.map(({ kind, name, weight }) => ({
      Name: kind === 'MeshService' ? find(kind, name).name : name,
      ...(weight === undefined ? {} : { Weight: weight }),
    })),
  };
};

const filterEntry = (filter: Filter, find: Find): { readonly own: Json; readonly responses: readonly Json[] } => {
  const { requestHeaderModifier, responseHeaderModifier, urlRewrite, extensionRef } = filter;
  const extension = extensionRef && find(extensionRef.kind, extensionRef.name);
  return {
    own: {
      ...(requestHeaderModifier ? { Headers: [editsEntry(requestHeaderModifier)] } : {}),
      ...(urlRewrite ? { URLRewrite: { Path: urlRewrite.path.replacePrefixMatch } } : {}),
      ...(extension
        ? { [extensionRef?.kind === 'RouteRetryFilter' ? 'RetryFilter' : 'TimeoutFilter']: pascal(extension) }
        : {}),
    },
    responses: responseHeaderModifier ? [editsEntry(responseHeaderModifier)] : [],
  };
};

const pascal = (spec: Json): Json =>
  Object.fromEntries(Object.entries(spec).map(([key, value]) => [key[0]!.toUpperCase() + key.slice(1), value]));

const editsEntry = ({ set = [], add = [], remove = [] }: Edits): Json => {
  const map = (list: readonly Named[]): Json => Object.fromEntries(list.map(({ name, value }) => [name, value]));
  return {
    ...(set.length > 0 ? { Set: map(set) } : {}),
    ...(add.length > 0 ? { Add: map(add) } : {}),
    ...(remove.length > 0 ? { Remove: remove } : {}),
  };
};

const matchWords: Readonly<Record<string, string>> = {
  Exact: 'exact',
  PathPrefix: 'prefix',
  RegularExpression: 'regex',
};

const matchEntry = ({ path, headers = [], queryParams = [], method }: HttpMatch): Json => {
  const named = ({ name, type = 'Exact', value }: Named): Json => ({
    Match: matchWords[type],
    Name: name,
    Value: value,
  });
  return {
    ...(path ? { Path: { Match: matchWords[path.type], Value: path.value } } : {}),
    ...(headers.length > 0 ? { Headers: headers.map(named) } : {}),
    ...(queryParams.length > 0 ? { Query: queryParams.map(named) } : {}),
    ...(method === undefined ? {} : { Method: method }),
  };
};
