/** Where connections lead of which a proxy sees bytes alone, or bytes and a server name. */
import { requestOf } from '../../../src/verify/request.ts';
import { backend, byteRoutes, hostOf, to, toSubset, versions, virtualService } from '../../istio/native.ts';
import { bytePort, tlsPort } from '../../istio/scene.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { node } from '../../kubernetes/cluster.ts';
import { type Ask, type Case, each, type IstioConfiguration, routing } from './families.ts';

type Where = 'api' | 'v1' | 'v2' | 'self' | 'ghost';

const end = (service: string, where: Where, more: object = {}): object => {
  if (where === 'self') return to(service, more);
  return where === 'api' ? to('api', more) : toSubset(service, where, more);
};

/** A rule for what matches, and where it leads. */
type Rule = readonly [match: object | undefined, ...where: readonly (Where | readonly [Where, number])[]];

const written = (service: string, [match, ...ends]: Rule): object => ({
  ...(match ? { match: [match].flat() } : {}),
  route: ends.map(one => (typeof one === 'string' ? end(service, one) : end(service, one[0], { weight: one[1] }))),
});

const tcp = (rules: readonly Rule[], service: string): readonly KubernetesObject[] => [
  versions(service),
  byteRoutes(
    service,
    rules.map(rule => written(service, rule)),
  ),
];

const nowhere = '192.0.2.0/24';

const bytes: readonly Case[] = [
  ...each<readonly Rule[]>(
    [
      [[{ port: bytePort }, 'api']],
      [[{ port: 80 }, 'api']],
      [
        [{ port: 80 }, 'api'],
        [undefined, 'v1'],
      ],
      [[{ sourceLabels: { app: 'client' } }, 'api']],
      [
        [{ sourceLabels: { app: 'client' } }, 'api'],
        [undefined, 'v1'],
      ],
      [
        [{ sourceLabels: { app: 'client', tier: 'back' } }, 'api'],
        [undefined, 'v2'],
      ],
      [
        [{ sourceNamespace: 'other' }, 'api'],
        [undefined, 'v1'],
      ],
      [
        [{ destinationSubnets: [node.services] }, 'api'],
        [undefined, 'v1'],
      ],
      [
        [{ destinationSubnets: [nowhere] }, 'api'],
        [undefined, 'v1'],
      ],
      [[{ destinationSubnets: [nowhere] }, 'api']],
      [
        [undefined, 'v1'],
        [{ port: bytePort }, 'api'],
      ],
      [
        [[{ port: 80 }, { port: bytePort }], 'api'],
        [undefined, 'v1'],
      ],
      [
        [{ gateways: ['mesh'], port: bytePort }, 'api'],
        [undefined, 'v1'],
      ],
      [
        [{ gateways: ['edge/front'] }, 'api'],
        [undefined, 'v1'],
      ],
      [[undefined, ['v1', 0], ['v2', 100]]],
      [[undefined, ['v1', 20], ['v2', 30], ['api', 50]]],
      [[undefined, 'ghost']],
      [[undefined, ['v1', 50], ['ghost', 50]]],
    ],
    tcp,
  ),
  {
    name: 'to another port',
    write: service => [
      byteRoutes(service, [{ route: [{ destination: { host: hostOf('api'), port: { number: tlsPort } } }] }]),
    ],
  },
  {
    name: 'to a port that nobody has',
    write: service => [
      byteRoutes(service, [{ route: [{ destination: { host: hostOf('api'), port: { number: 4444 } } }] }]),
    ],
  },
  {
    name: 'beside routes of HTTP',
    write: service => [virtualService(service, [{ route: [to('api')] }], { tcp: [{ route: [to('api')] }] })],
  },
  { name: 'only routes of HTTP', write: service => [virtualService(service, [{ route: [to('api')] }])] },
];

const tls = (rules: readonly Rule[], service: string, more: object = {}): readonly KubernetesObject[] => [
  versions(service),
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { namespace: 'shop', name: service },
    spec: {
      hosts: [hostOf(service), `${service}.example`, `*.${service}.example`],
      tls: rules.map(rule => written(service, rule)),
      ...more,
    },
  },
];

const own = (service: string, more: object = {}): object => ({ sniHosts: [hostOf(service)], ...more });

const sealed: readonly Case[] = [
  { name: 'nothing', write: service => [versions(service)] },
  ...(
    [
      ['its own name', s => [[own(s), 'api']]],
      ['another name', s => [[{ sniHosts: [`${s}.example`] }, 'api']]],
      [
        'two names',
        s => [
          [own(s), 'v1'],
          [{ sniHosts: [`${s}.example`] }, 'api'],
        ],
      ],
      ['names under a name', s => [[{ sniHosts: [`*.${s}.example`] }, 'api']]],
      [
        'a name, and all names under it',
        s => [
          [{ sniHosts: [`*.${s}.example`] }, 'api'],
          [{ sniHosts: [`a.${s}.example`] }, 'v1'],
          [own(s), 'v2'],
        ],
      ],
      ['several names of one rule', s => [[{ sniHosts: [hostOf(s), `${s}.example`] }, 'api']]],
      ['shares', s => [[own(s), ['v1', 30], ['api', 70]]]],
      [
        'one port',
        s => [
          [own(s, { port: tlsPort }), 'api'],
          [own(s), 'v1'],
        ],
      ],
      [
        'another port',
        s => [
          [own(s, { port: 443 }), 'api'],
          [own(s), 'v1'],
        ],
      ],
      [
        'one caller',
        s => [
          [own(s, { sourceLabels: { app: 'client' } }), 'api'],
          [own(s), 'v1'],
        ],
      ],
      [
        'one namespace',
        s => [
          [own(s, { sourceNamespace: 'other' }), 'api'],
          [own(s), 'v1'],
        ],
      ],
      [
        'the same name twice',
        s => [
          [own(s), 'v1'],
          [own(s), 'api'],
        ],
      ],
      // Behind such a rule others for the same name make a listener that Envoy refuses.
      ['where nobody dials', s => [[own(s, { destinationSubnets: [nowhere] }), 'api']]],
      ['where it is dialled', s => [[own(s, { destinationSubnets: [node.services] }), 'api']]],
      ['a version that nobody is', s => [[own(s), 'ghost']]],
    ] as readonly (readonly [string, (service: string) => readonly Rule[]])[]
  ).map(([name, rules]): Case => ({ name, write: service => tls(rules(service), service) })),
  {
    name: 'beside routes of bytes',
    write: service => tls([[own(service), 'v1']], service, { tcp: [{ route: [to('api')] }] }),
  },
  { name: 'only routes of bytes', write: service => [byteRoutes(service, [{ route: [to('api')] }])] },
];

/** Server names that a client may send when it connects to a service. */
const named = (service: string): readonly string[] => [
  hostOf(service),
  hostOf(service).toUpperCase(),
  service,
  `${service}.example`,
  `a.${service}.example`,
  `b.a.${service}.example`,
  'other.example',
];

const gatewayApi = (kind: string, service: string, port: number, rules: readonly object[], more: object = {}) => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind,
  metadata: { namespace: 'shop', name: service },
  spec: { parentRefs: [{ group: '', kind: 'Service', name: service, port }], rules, ...more },
});

const onBytes = (name: string, more: object = {}): object => backend(name, { port: bytePort, ...more });
const onTls = (name: string, more: object = {}): object => backend(name, { port: tlsPort, ...more });

const byteRouted: readonly Case[] = [
  { name: 'one', write: s => [gatewayApi('TCPRoute', s, bytePort, [{ backendRefs: [onBytes('api')] }])] },
  {
    name: 'shares',
    write: s => [
      gatewayApi('TCPRoute', s, bytePort, [
        { backendRefs: [onBytes('api', { weight: 30 }), onBytes('web', { weight: 70 })] },
      ]),
    ],
  },
];

const nameRouted: readonly Case[] = [
  {
    name: 'its own name',
    write: s => [gatewayApi('TLSRoute', s, tlsPort, [{ backendRefs: [onTls('api')] }], { hostnames: [hostOf(s)] })],
  },
  {
    name: 'another name',
    write: s => [
      gatewayApi('TLSRoute', s, tlsPort, [{ backendRefs: [onTls('api')] }], { hostnames: ['other.example'] }),
    ],
  },
];

const callers = ['shop/client', 'other/client2'];

const byteAsks: readonly Ask[] = callers.map(caller => ({ caller, port: bytePort, protocol: 'tcp' }));

/** Cases about TLS, which are asked for each server name. */
const sealing = (name: string, cases: readonly Case[]): readonly IstioConfiguration[] =>
  routing(name, cases).map(one => ({
    ...one,
    port: tlsPort,
    questions: slot =>
      callers.flatMap((caller, index) =>
        named(slot.name)
          .filter((_, at) => index === 0 || at % 3 === 0)
          .map(sni => ({
            caller,
            service: `shop/${slot.name}`,
            port: tlsPort,
            request: requestOf({ protocol: 'tls', scheme: 'https', sni }),
          })),
      ),
  }));

export const connectionFamilies: readonly IstioConfiguration[] = [
  ...routing('routes of bytes', bytes, byteAsks),
  ...sealing('routes by server name', sealed),
  ...routing('TCPRoute', byteRouted, byteAsks),
  ...sealing('TLSRoute', nameRouted),
];
