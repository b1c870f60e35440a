import type { ReadInput, ReadResult } from '../../adapter/adapter.ts';
import { findingOf } from '../../base/finding.ts';
import { ServiceDirectory } from '../../model/directory.ts';
import type { Gateway, Inventory, Protocol, Service } from '../../model/inventory.ts';
import type { ModelPart } from '../../model/model.ts';
import { readByteClients } from './chain/byte-clients.ts';
import { Chain } from './chain/chain.ts';
import { tellContested } from './chain/contested.ts';
import { readUpstreamsOfPeers } from './chain/elsewhere.ts';
import { readFrontends, readFrontendsOfPeers } from './chain/frontends.ts';
import { tellLedAway } from './chain/led-away.ts';
import { tellRawPaths } from './chain/raw-paths.ts';
import { readSettings, settingsAway } from './chain/settings.ts';
import { readUpstreamConfigs } from './chain/upstream-config.ts';
import { agentConfigurations, readControlPlane, statedKeys } from './control-plane.ts';
import { readAccessLogs } from './entries/access-logs.ts';
import { type Defaults, protocolIs } from './entries/defaults.ts';
import { noteExposed } from './entries/exposed.ts';
import { noteExtensions } from './entries/extensions.ts';
import { egressOf, permissiveServers, withMeshEntry } from './entries/mesh-entry.ts';
import { leaveUntold } from './entries/untold.ts';
import { consulFindings } from './findings.ts';
import { readEdge } from './gateways/edge.ts';
import { readExternal } from './gateways/external.ts';
import { readRegistrations } from './gateways/registrations.ts';
import { readIntentions } from './intentions/intention.ts';
import { policiesOf } from './intentions/policies.ts';
import { readProviders } from './intentions/tokens.ts';
import { findTraps } from './intentions/traps.ts';
import { joinMembers } from './membership.ts';
import { strictEverywhere } from './mesh.ts';
import { joinedMeshes, readPeers, tellExports } from './peers.ts';
import { asSeen } from './protocols.ts';
import { type Entry, entriesByName, type Reading, report } from './reading.ts';
import { reportOnly } from './report-only.ts';
import { ConsulServices, type Realm } from './services.ts';

/** Everything Consul's entries say, for the first mesh found: a snapshot is one datacenter. */
export const read = (input: ReadInput): ReadResult => {
  const { snapshot } = input;
  const [found] = input.meshes;
  if (!found) return { inventory: input.inventory, part: {}, findings: [], objects: [] };
  const objects: Reading['objects'] = [];
  for (const object of agentConfigurations(snapshot)) objects.push({ object, body: statedKeys });
  const meshEntry = entriesByName({ snapshot, objects }, 'Mesh').get('mesh');
  const mesh = withMeshEntry(found, meshEntry);
  const plane = { ...readControlPlane(snapshot), namespace: mesh.namespace };
  const members = joinMembers(input.inventory, mesh);
  const defaults: Defaults = {
    services: entriesByName({ snapshot, objects }, 'ServiceDefaults'),
    ofAll: entriesByName({ snapshot, objects }, 'ProxyDefaults').get('global'),
  };
  const registered = readRegistrations({ snapshot, objects }, defaults);
  const joined = {
    ...members,
    inventory: { ...members.inventory, services: [...members.inventory.services, ...registered] },
  };
  const known = new ServiceDirectory(joined.inventory);
  const names = new ConsulServices(joined.inventory, known, mesh);
  const named = withIdentities(joined.inventory, names, { mesh, datacenter: plane.datacenter });
  // Another mesh in the same input reads the ports of Services its own way, and is left alone.
  const seen =
    input.others.length > 0
      ? { inventory: named, findings: [] }
      : asSeen(named, names, name => protocolIs(defaults, name));
  const directory = new ServiceDirectory(seen.inventory);
  const reading: Reading = {
    snapshot,
    inventory: seen.inventory,
    directory,
    services: new ConsulServices(seen.inventory, directory, mesh),
    mesh,
    plane,
    outside: new Set([
      ...[...defaults.services].flatMap(([name, { spec }]) => (spec?.at('destination') ? [name] : [])),
      ...registered.map(({ name }) => name),
    ]),
    elsewhere: new Map(),
    findings: [...joined.findings, ...seen.findings],
    opaque: [],
    objects,
  };
  if (!mesh.source)
    reading.findings.push(
      findingOf(consulFindings, 'CONSUL001', undefined, 'no configuration of servers in the input'),
    );
  tellSharedNames(reading);
  const { part, gateways, outside } = readPart(reading, defaults, meshEntry);
  return {
    inventory: {
      ...seen.inventory,
      services: [...directory.services(), ...outside],
      gateways: [...seen.inventory.gateways, ...gateways],
    },
    part,
    findings: reading.findings,
    objects: reading.objects,
  };
};

const tellSharedNames = (reading: Reading): void => {
  const { services } = reading;
  for (const name of services.all()) {
    const [first, ...more] = services.named(name);
    if (!first || more.length === 0) continue;
    const ids = [first, ...more].map(({ id }) => `\`${id}\``).join(', ');
    report(reading, 'CONSUL003', first.source, `${ids} are one service \`${name}\``);
  }
};

/** What the sidecars of each member show. */
export const withIdentities = (inventory: Inventory, services: ConsulServices, realm: Realm): Inventory => ({
  ...inventory,
  workloads: inventory.workloads.map(workload => {
    const identity = services.serviceOf(workload) === undefined ? undefined : services.identityOf(workload, realm);
    return identity ? { ...workload, identity } : workload;
  }),
});

const readPart = (
  reading: Reading,
  defaults: Defaults,
  meshEntry: Entry | undefined,
): { readonly part: ModelPart; readonly gateways: readonly Gateway[]; readonly outside: readonly Service[] } => {
  const entries = {
    routers: entriesByName(reading, 'ServiceRouter'),
    splitters: entriesByName(reading, 'ServiceSplitter'),
    resolvers: entriesByName(reading, 'ServiceResolver'),
    defaults,
  };
  const protocolOf = (name: string): Protocol => protocolIs(defaults, name) ?? supposedProtocol(reading, name);
  const chain = new Chain(reading, entries, protocolOf);
  const frontends = readFrontends(reading, entries, chain, protocolOf);
  const ofBytes = readByteClients(reading, entries, protocolOf);
  const ofPeers = readFrontendsOfPeers(reading, entries, protocolOf, frontends);
  const edge = readEdge({ reading, entries, chain }, protocolOf);
  const external = readExternal(reading, defaults);
  const common = readSettings(reading, entries.resolvers);
  readUpstreamsOfPeers(reading, reading.inventory.workloads);
  const ofClients = readUpstreamConfigs(reading, entries, common);
  tellContested(reading, frontends, ofClients);
  const destinations = [
    ...external.destinations,
    ...edge.destinations,
    ...ofClients,
    ...common,
    ...settingsAway(reading),
  ];
  const intentions = readIntentions(reading, readProviders(reading), protocolOf);
  const peers = readPeers(reading);
  const policies = policiesOf(reading, intentions, peers);
  findTraps(reading, intentions, peers);
  tellRawPaths(reading, frontends);
  tellExports(reading, peers, intentions);
  const permissive = permissiveServers(reading, defaults, meshEntry);
  noteExtensions(reading, defaults);
  noteExposed(reading, defaults);
  leaveUntold(defaults.services, defaults.ofAll);
  reportOnly(reading);
  tellLedAway(reading, peers.exports, entries);
  const isLed = (name: string): boolean =>
    [entries.routers, entries.splitters, entries.resolvers].some(of => of.has(name));
  const joined = joinedMeshes(reading, peers, isLed);
  const part: ModelPart = {
    meshes: [{ ...reading.mesh, ...(joined.length > 0 ? { joined } : {}) }],
    frontends: [...(joined.length > 0 ? ofPeers : []), ...ofBytes, ...frontends, ...edge.frontends],
    destinations,
    encryption: [...permissive.encryption, strictEverywhere(reading.mesh)],
    access: [...permissive.access, ...policies.access],
    requestAuthentication: policies.requestAuthentication,
    egress: egressOf(reading, meshEntry),
    telemetry: readAccessLogs(reading, defaults),
    opaque: reading.opaque,
  };
  return { part, gateways: edge.gateways, outside: [...external.services, ...reading.elsewhere.values()] };
};

/** As its ports are seen; where none is known, HTTP, without which the routes could not be there. */
const supposedProtocol = ({ services, directory }: Reading, name: string): Protocol => {
  const [service] = services.named(name);
  const port = service?.ports.find(({ protocol }) => protocol !== 'udp');
  return port?.protocol ?? (directory.isWhole ? 'tcp' : 'http');
};
