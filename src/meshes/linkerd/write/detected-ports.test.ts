import { expect, it } from 'vitest';
import type { AccessAttribute, AccessPolicy } from '../../../model/capabilities/access.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { Protocol } from '../../../model/inventory.ts';
import { emptyModel, type Model } from '../../../model/model.ts';
import { detectedPorts } from './detected-ports.ts';

const table = (protocol: Protocol, port?: number): Frontend => ({
  id: 'ledger',
  listens: { kind: 'service', service: 'shop/ledger', ...(port === undefined ? {} : { port }) },
  protocol,
  clients: {},
  rules: [],
  noMatch: { kind: 'passToService' },
});

const model = (carries: Protocol, frontend: Frontend): Model => ({
  ...emptyModel,
  inventory: {
    ...emptyModel.inventory,
    services: [
      {
        id: 'shop/ledger',
        namespace: 'shop',
        name: 'ledger',
        hosts: [],
        addresses: [],
        labels: {},
        annotations: {},
        ports: [{ port: 9000, protocol: carries }],
        headless: false,
        external: false,
        endpoints: { kind: 'pods', namespace: 'shop', labels: { app: 'ledger' } },
        evidence: 'object',
      },
    ],
  },
  frontends: [frontend],
});

const policyFor = (attribute: AccessAttribute, namespace: string): AccessPolicy => ({
  id: 'guard',
  scope: { namespaces: [namespace] },
  tier: 0,
  rules: [
    {
      id: 'allow',
      effect: 'allow',
      clauses: [
        {
          conditions: [
            {
              attribute,
              values: [{ kind: 'exact', value: 'GET' }],
              negated: false,
              whenAbsent: 'fails',
              whenNotHttp: 'fails',
            },
          ],
        },
      ],
    },
  ],
  otherwise: 'deny',
});

it.each<[string, Protocol, AccessPolicy, number]>([
  ['on a port that was said to carry bytes', 'tcp', policyFor('request.method', 'shop'), 1],
  ['on a port that was looked at before', 'detect', policyFor('request.method', 'shop'), 0],
  ['elsewhere', 'tcp', policyFor('request.method', 'other'), 0],
  ['not at all, but callers', 'tcp', policyFor('peer.namespace', 'shop'), 0],
])('a policy that lets requests in is told where it would let in what were bytes: %s', (_, before, policy, told) => {
  const carrying = (carries: Protocol): Model => ({ ...model(carries, table('http', 9000)), access: [policy] });
  expect(
    detectedPorts(carrying(before), carrying('detect')).filter(({ loss }) => loss?.severity === 'security'),
  ).toHaveLength(told);
});

it.each<[string, Protocol, Protocol, Frontend, number]>([
  ['a port that was said to carry bytes', 'tcp', 'detect', table('tcp', 9000), 1],
  ['all ports', 'tcp', 'detect', table('tcp'), 1],
  ['a port that is opaque', 'tcp', 'tcp', table('tcp', 9000), 0],
  ['a port that was looked at before', 'detect', 'detect', table('tcp', 9000), 0],
  ['a table for HTTP', 'tcp', 'detect', table('http', 9000), 0],
])('HTTP that goes by no TCP route is told: %s', (_, before, after, frontend, told) => {
  expect(detectedPorts(model(before, frontend), model(after, frontend))).toHaveLength(told);
});
