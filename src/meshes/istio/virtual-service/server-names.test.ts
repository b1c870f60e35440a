/** The server names of a TLS rule are hosts of its object: another service by that name would lose its connections. */
import { expect, test } from 'vitest';
import { applied, readWith } from '../../../../test/laws/reading.ts';
import { worldObjects } from '../../../../test/laws/world.ts';
import { objectsFrom } from '../../../../test/support/snapshot.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { Model } from '../../../model/model.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { compare } from '../../../verify/compare/compare.ts';
import { worldOf } from '../../../verify/request.ts';
import { adapter } from '../adapter.ts';

const api = (port: number) => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: api, namespace: shop }
spec: { hosts: [api.example], resolution: DNS, location: MESH_EXTERNAL, ports: [{ number: ${port}, name: tls, protocol: TLS }] }
`;

const ledger = (names: string, hosts = 'ledger, "*.example"') => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ledger, namespace: shop }
spec: { hosts: [${hosts}], tls: [{ match: [{ port: 443, sniHosts: [${names}] }], route: [{ destination: { host: ledger } }] }] }
`;

const read = (...documents: string[]): Model =>
  readWith(adapter, [...worldObjects, ...objectsFrom(documents.join('---'))]).model;

/** As a mesh has it in which a rule is for its service alone, whatever names it asks for. */
const forLedger = (...documents: string[]): Model => {
  const model = read(...documents);
  const isLedger = ({ listens }: Frontend) => listens.kind === 'service' && listens.service === 'shop/ledger';
  return { ...model, frontends: model.frontends.filter(isLedger) };
};

const lossesOf = (model: Model): string[] => {
  const target = { mesh: adapter.assume(), snapshot: new Snapshot(worldObjects) };
  const { objects, expected, dispositions } = adapter.write(model, target);
  const again = readWith(adapter, applied(worldObjects, objects)).model;
  const { services } = compare(worldOf(expected), worldOf(again), { perTarget: 300 });
  expect(services.filter(({ verdict }) => verdict !== 'equal')).toEqual([]);
  return dispositions.flatMap(({ leaf, result, loss }) =>
    loss?.effect === 'differs' ? [`${leaf} ${result} ${loss.code}`] : [],
  );
};

const both = ledger('a.example, api.example', 'ledger, a.example, api.example');
const refused = (leaf: string) => `tls[0].match[0] ${leaf} refused tls-server-name`;

test.each<[string, Model, string[]]>([
  ['of nobody', forLedger(ledger('"*.example"')), []],
  ['of another service', forLedger(ledger('"*.example"'), api(443)), [refused('port'), refused('sni')]],
  [
    'of another service beside one of nobody',
    forLedger(both, api(443)),
    ['tls[0].match[0] sni approximated tls-server-name'],
  ],
  ['of another service that the rule is for as well', read(both, api(443)), []],
  ['of another service on another port', forLedger(ledger('"*.example"'), api(8443)), []],
])('a name %s', (_, model, expected) => {
  expect(lossesOf(model)).toEqual(expected);
});
