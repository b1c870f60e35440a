import type { EntryField } from '../entry-field.ts';
import type { Entry } from '../reading.ts';

/** Parts of entries, by the way to each, and why nothing is told of it. */
type Untold = Readonly<Record<string, readonly string[]>>;

const ofProxies: Untold = {
  'it is about the way to other datacenters and peers: inside the cluster requests go straight': ['meshGateway'],
  'how traffic is led into the proxy is not told': ['transparentProxy'],
  'how connections are shared among threads is not told': ['balanceInboundConnections'],
};

const ofService: Untold = {
  ...ofProxies,
  'the server name between sidecars changes nothing (observed, row 5.14)': ['externalSNI'],
  'the connection from a proxy to its own application is not told': ['localConnectTimeoutMs'],
  'how many connections there are at once is not told (observed, row 5.11)': ['maxInboundConnections'],
  'limits of rates belong to the Enterprise edition (observed, row 5.12)': ['rateLimits'],
};

const ofAll: Untold = {
  ...ofProxies,
  'orders by region belong to the Enterprise edition': ['failoverPolicy', 'prioritizeByLocality'],
};

const leaveAll = (spec: EntryField | undefined, untold: Untold): void => {
  for (const [reason, keys] of Object.entries(untold)) for (const key of keys) spec?.leave(key, reason);
};

/** Says of what is known to change no answer, or cannot be told, that it is left out, and why. */
export const leaveUntold = (services: ReadonlyMap<string, Entry>, ofEverything: Entry | undefined): void => {
  const all = [...services.values()].map(({ spec }) => spec);
  // It counts where plaintext may be let in, and nowhere else.
  const isPermissive = [...all, ofEverything?.spec].some(spec => spec?.text('mutualTLSMode') === 'permissive');
  for (const spec of isPermissive ? [] : [...all, ofEverything?.spec]) {
    spec?.leave('mode', 'how traffic is led into the proxy is not told');
  }
  for (const spec of all) {
    leaveAll(spec, ofService);
    for (const key of ['name', 'namespace', 'partition', 'peer'])
      spec?.find('upstreamConfig', 'defaults')?.leave(key, 'defaults are for all upstreams');
  }
  leaveAll(ofEverything?.spec, ofAll);
};

const tenancy = 'namespaces, partitions and sameness groups belong to the Enterprise edition';

/** The community edition has one namespace. */
export const leaveNamespace = (field: EntryField | undefined): void => {
  if (field?.text('namespace') !== 'default') field?.leave('namespace', tenancy);
};

/** And one partition. */
export const leaveTenancy = (field: EntryField | undefined): void => {
  leaveNamespace(field);
  if (field?.text('partition') !== 'default') field?.leave('partition', tenancy);
  field?.leave('samenessGroup', tenancy);
};
