import { expect, test } from 'vitest';
import { readWith } from '../../../../test/laws/reading.ts';
import { snapshotFrom } from '../../../../test/support/snapshot.ts';
import { toYamlStream } from '../../../base/yaml.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { adapter } from '../adapter.ts';
import { apart } from './overlapping-hosts.ts';

const groups = (...hosts: string[]) => apart(hosts, host => [host]);

test('hosts of which one is a pattern for another are not in one group', () => {
  expect(groups('a.example', 'b.example')).toEqual([['a.example', 'b.example']]);
  expect(groups('*.example', 'a.example', 'a.other')).toEqual([['*.example', 'a.other'], ['a.example']]);
  expect(groups('*.shop.example', '*.example')).toEqual([['*.shop.example'], ['*.example']]);
});

test('routes that some clients have for a narrower pattern leave two objects to all others', async () => {
  const routes = (name: string, namespace: string, host: string, exportTo: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: ${namespace} }
spec: { hosts: ["${host}"], exportTo: ["${exportTo}"], http: [{ route: [{ destination: { host: till } }] }] }
`;
  const yaml = [routes('own', 'shop', '*.pay.example', '.'), routes('all', 'ops', '*.example', '*')].join('---');
  const { model } = readWith(adapter, snapshotFrom(yaml).objects);
  const { objects } = adapter.write(model, { mesh: adapter.assume(), snapshot: new Snapshot([]) });
  expect(await adapter.validate?.(snapshotFrom(toYamlStream(objects)))).toEqual([]);
});
