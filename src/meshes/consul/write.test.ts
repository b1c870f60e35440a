import { describe, expect, it } from 'vitest';
import { application, scene } from '../../../test/laws/live/live.ts';
import { objectsFrom } from '../../../test/support/snapshot.ts';
import { meshDefault, written } from '../../base/source.ts';
import type { Service } from '../../model/inventory.ts';
import { assemble, type Model, type ModelPart } from '../../model/model.ts';
import { readKubernetes } from '../../native/kubernetes/read-kubernetes.ts';
import { Snapshot } from '../../native/snapshot.ts';
import { requestOf, worldOf } from '../../verify/request.ts';
import { simulate } from '../../verify/simulate.ts';
import { adapter } from './adapter.ts';

const world = scene(application('web'), application('cart', { versions: ['v1', 'v2'] }), application('stock'));

/** Wishes over the world, as another mesh would have read them. */
const wished = (part: ModelPart, yaml = world): { readonly model: Model; readonly snapshot: Snapshot } => {
  const snapshot = new Snapshot(objectsFrom(yaml));
  const { inventory } = readKubernetes(snapshot);
  const mesh = { ...adapter.assume(), id: 'other/mesh', type: 'other' };
  const memberships = [{ mesh: mesh.id, mode: 'sidecar', certainty: 'assumed', evidence: [] }] as const;
  const workloads = inventory.workloads.map(workload => ({ ...workload, memberships }));
  return { model: assemble({ ...inventory, workloads }, [{ meshes: [mesh], ...part }]), snapshot };
};

const writtenFor = (part: ModelPart, yaml?: string) => {
  const { model, snapshot } = wished(part, yaml);
  return adapter.write(model, { mesh: adapter.assume(), snapshot });
};

const to = (service: string, weight: number, version?: string) => ({
  backend: {
    kind: 'service' as const,
    service: `shop/${service}`,
    ...(version === undefined ? {} : { subset: { name: version, labels: { version } } }),
  },
  weight: written(weight),
});

const table = (
  ...rules: readonly { readonly path?: string; readonly backends: readonly ReturnType<typeof to>[] }[]
): ModelPart => ({
  frontends: [
    {
      id: 'shop/cart',
      listens: { kind: 'service', service: 'shop/cart' },
      protocol: 'http',
      clients: { mesh: 'other/mesh' },
      rules: rules.map(({ path, backends }, index) => ({
        id: `rule${index}`,
        match: path === undefined ? {} : { path: { kind: 'segmentPrefix', value: path } },
        action: { id: `action${index}`, target: { kind: 'forward', backends }, timeouts: { request: written(3000) } },
      })),
      noMatch: { kind: 'passToService' },
    },
  ],
});

const specOf = (result: ReturnType<typeof writtenFor>, kind: string, name: string): unknown =>
  result.objects.find(object => object.kind === kind && object.metadata.name === name)?.spec;

describe('routes', () => {
  it('come after what they need, and a split of everything is that of the service itself', () => {
    const result = writtenFor(table({ backends: [to('cart', 80, 'v1'), to('cart', 20, 'v2')] }));
    expect([...new Set(result.objects.map(({ kind }) => kind))]).toEqual([
      'Deployment',
      'ServiceDefaults',
      'ServiceResolver',
      'ServiceSplitter',
      'ServiceRouter',
    ]);
    expect(specOf(result, 'ServiceSplitter', 'cart')).toEqual({
      splits: [
        { service: 'cart', serviceSubset: 'v1', weight: 80 },
        { service: 'cart', serviceSubset: 'v2', weight: 20 },
      ],
    });
    expect(specOf(result, 'ServiceRouter', 'cart')).toEqual({ routes: [{ destination: { requestTimeout: '3s' } }] });
  });

  it('that split lead to a name of their own, which has a protocol', () => {
    const result = writtenFor(
      table({ path: '/a', backends: [to('cart', 1), to('stock', 1)] }, { backends: [to('cart', 1)] }),
    );
    const name = result.objects.find(({ kind }) => kind === 'ServiceSplitter')?.metadata.name ?? '';
    expect(name).toMatch(/^cart-split-/);
    expect(specOf(result, 'ServiceDefaults', name)).toEqual({ protocol: 'http' });
    const destination = { service: name, requestTimeout: '3s' };
    expect(specOf(result, 'ServiceRouter', 'cart')).toEqual({
      routes: [
        { match: { http: { pathExact: '/a' } }, destination },
        { match: { http: { pathPrefix: '/a/' } }, destination },
        { destination: { requestTimeout: '3s' } },
      ],
    });
  });

  it('to subsets tell pods by metadata, which they are given', () => {
    const result = writtenFor(table({ backends: [to('cart', 1, 'v2')] }));
    expect(specOf(result, 'ServiceResolver', 'cart')).toEqual({
      subsets: { v2: { filter: 'Service.Meta.version == "v2"' } },
    });
    const annotated = result.objects.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata.name);
    expect(annotated).toEqual(['cart-v1', 'cart-v2']);
    expect(result.findings.map(({ code }) => code)).toContain('CONSUL301');
  });
});

describe('an entry of the user’s under the name that is needed', () => {
  const users = (spec: string): string =>
    scene(
      world,
      `apiVersion: consul.hashicorp.com/v1alpha1\nkind: ServiceDefaults\nmetadata: { name: cart, namespace: shop }\nspec: ${spec}\n`,
    );

  it('gets what it lacks, and keeps the rest', () => {
    const result = writtenFor(table({ backends: [to('stock', 1)] }), users('{ maxInboundConnections: 9 }'));
    expect(specOf(result, 'ServiceDefaults', 'cart')).toEqual({ maxInboundConnections: 9, protocol: 'http' });
  });

  it('stays as it is where it says otherwise, and that is told', () => {
    const result = writtenFor(table({ backends: [to('stock', 1)] }), users('{ protocol: tcp }'));
    expect(specOf(result, 'ServiceDefaults', 'cart')).toBeUndefined();
    expect(result.findings.map(({ code }) => code)).toContain('CONSUL302');
  });
});

describe('who may come in', () => {
  const allowing = (namespace: string, name: string, path?: string): ModelPart => ({
    access: [
      {
        id: 'shop/cart',
        scope: { mesh: 'other/mesh', namespaces: ['shop'], labels: { app: 'cart' } },
        tier: 2,
        rules: [
          {
            id: 'rule',
            effect: 'allow',
            clauses: [
              {
                conditions: [
                  { attribute: 'peer.identity', values: [{ kind: 'serviceAccount', namespace, name }], ...asked },
                  ...(path === undefined
                    ? []
                    : [{ attribute: 'request.path', values: [{ kind: 'prefix', value: path }], ...asked } as const]),
                ],
              },
            ],
          },
        ],
        otherwise: 'deny',
      },
    ],
  });
  const asked = { negated: false, whenAbsent: 'fails', whenNotHttp: 'fails' } as const;

  it('is said by the names of services, with everyone else kept out', () => {
    expect(specOf(writtenFor(allowing('shop', 'web')), 'ServiceIntentions', 'cart')).toEqual({
      destination: { name: 'cart' },
      sources: [
        { name: 'web', action: 'allow' },
        { name: '*', action: 'deny' },
      ],
    });
    expect(specOf(writtenFor(allowing('shop', 'web', '/a')), 'ServiceIntentions', 'cart')).toMatchObject({
      sources: [
        {
          name: 'web',
          permissions: [
            { action: 'allow', http: { pathPrefix: '/a' } },
            { action: 'deny', http: { pathPrefix: '/' } },
          ],
        },
        { name: '*', action: 'deny' },
      ],
    });
  });

  it('is said for every service where everyone was kept out by default', () => {
    const { model, snapshot } = wished(allowing('shop', 'web'));
    const closed = model.meshes.map(mesh => ({
      ...mesh,
      defaults: { ...mesh.defaults, access: meshDefault('deny' as const) },
    }));
    const result = adapter.write({ ...model, meshes: closed }, { mesh: adapter.assume(), snapshot });
    expect(specOf(result, 'ServiceIntentions', 'every-service')).toEqual({
      destination: { name: '*' },
      sources: [{ name: '*', action: 'deny' }],
    });
    expect(specOf(result, 'ServiceIntentions', 'cart')).toMatchObject({ sources: [{ name: 'web', action: 'allow' }] });
    const statusFor = (name: string, service: string) =>
      simulate(worldOf(result.expected), {
        caller: {
          kind: 'workload',
          namespace: 'shop',
          name: `${name}-v1`,
          labels: { app: name },
          serviceAccount: name,
        },
        to: { service: `shop/${service}`, port: 80 },
        request: requestOf(),
      }).outcome.status;
    expect([statusFor('web', 'cart'), statusFor('stock', 'cart'), statusFor('web', 'stock')]).toEqual([
      undefined,
      403,
      403,
    ]);
  });

  it('is not said of an account that nobody runs as, which is a loss, and nobody else gets in', () => {
    const result = writtenFor(allowing('shop', 'ghost'));
    expect(specOf(result, 'ServiceIntentions', 'cart')).toMatchObject({ sources: [{ name: '*', action: 'deny' }] });
    expect(result.dispositions.map(({ loss }) => loss?.code)).toContain('access-condition');
  });
});

describe('what concerns all proxies', () => {
  const egress = (clients: object = {}): ModelPart => ({
    egress: [{ id: 'closed', clients: { mesh: 'other/mesh', ...clients }, mode: written('deny'), deniedStatus: 502 }],
  });

  it('keeps clients to known hosts by the Mesh entry, if all are meant', () => {
    expect(specOf(writtenFor(egress()), 'Mesh', 'mesh')).toEqual({ transparentProxy: { meshDestinationsOnly: true } });
  });

  it('loses security where only some are meant', () => {
    const result = writtenFor(egress({ namespaces: ['shop'] }));
    expect(specOf(result, 'Mesh', 'mesh')).toBeUndefined();
    expect(result.dispositions.find(({ capability }) => capability === 'egress-default')?.loss?.severity).toBe(
      'security',
    );
  });
});

describe('what each client sets for its upstreams', () => {
  const limited: ModelPart = {
    destinations: [
      {
        id: 'cart',
        clients: { mesh: 'other/mesh' },
        target: { service: 'shop/cart' },
        connectionLimits: { maxConnections: written(3), maxConcurrentRetries: written(9) },
        outlierDetection: { consecutive5xx: written(7), baseEjectionMs: written(40_000) },
      },
    ],
  };

  it('is said by every service in its own defaults', () => {
    const overrides = [
      { name: 'cart', limits: { maxConnections: 3 }, passiveHealthCheck: { maxFailures: 7, baseEjectionTime: '40s' } },
    ];
    for (const name of ['web', 'cart', 'stock'])
      expect(specOf(writtenFor(limited), 'ServiceDefaults', name)).toMatchObject({ upstreamConfig: { overrides } });
  });

  it('is said of names that split among its endpoints as well, or chance would decide', () => {
    const halves = [to('cart', 50, 'v1'), to('cart', 50, 'v2')];
    const thirds = [to('cart', 30, 'v1'), to('cart', 70, 'v2')];
    const result = writtenFor({ ...limited, ...table({ path: '/a', backends: halves }, { backends: thirds }) });
    const splits = result.objects.filter(({ kind }) => kind === 'ServiceSplitter').map(({ metadata }) => metadata.name);
    const said = { limits: { maxConnections: 3 }, passiveHealthCheck: { maxFailures: 7, baseEjectionTime: '40s' } };
    const named = splits.filter(name => name !== 'cart').map(name => ({ name, ...said }));
    const overrides = [{ name: 'cart', ...said }, ...named];
    expect(named.length).toBeGreaterThan(0);
    expect(specOf(result, 'ServiceDefaults', 'web')).toMatchObject({ upstreamConfig: { overrides } });
  });

  it('is lost where there is no word for it', () => {
    const { dispositions } = writtenFor(limited);
    const refused = dispositions.filter(({ result, subject }) => result === 'refused' && subject === 'cart');
    expect(refused.map(({ leaf }) => leaf)).toEqual([expect.stringContaining('maxConcurrentRetries')]);
  });

  it('is told where another name leads to the same endpoints, of which clients say something else', () => {
    const losses = (part: ModelPart) =>
      writtenFor(part).dispositions.flatMap(({ loss }) =>
        loss?.message.includes('left to chance') ? [loss.code] : [],
      );
    const both = ['stock', 'cart'].map(name => ({
      id: name,
      clients: { mesh: 'other/mesh' },
      target: { service: `shop/${name}` },
      connectionLimits: { maxConnections: written(3) },
    }));
    const leads = table({ path: '/a', backends: [to('stock', 1)] }, { backends: [to('cart', 1)] });
    expect(losses({ ...leads, destinations: both.slice(0, 1) })).toEqual(['connection-limits']);
    expect(losses({ ...leads, destinations: both })).toEqual([]);
    expect(losses({ destinations: both.slice(0, 1) })).toEqual([]);
  });

  it('is not written where it would be said more often than anybody reads', () => {
    const services = Array.from({ length: 150 }, (_, index) => `s${index}`);
    const yaml = scene(...services.map(name => application(name)));
    const destinations = services.map(name => ({
      id: name,
      clients: { mesh: 'other/mesh' },
      target: { service: `shop/${name}` },
      connectionLimits: { maxConnections: written(3) },
    }));
    const { objects, dispositions } = writtenFor({ destinations }, yaml);
    expect(JSON.stringify(objects)).not.toContain('upstreamConfig');
    expect(dispositions.find(({ subject, loss }) => subject === 's0' && loss)).toMatchObject({
      result: 'refused',
      loss: { message: expect.stringContaining('22500 entries') },
    });
  });

  it('stands in for a service where no endpoint of it is healthy', () => {
    const failing: ModelPart = {
      destinations: [
        {
          id: 'cart',
          clients: { mesh: 'other/mesh' },
          target: { service: 'shop/cart' },
          locality: { fallbacks: [{ service: 'shop/stock' }] },
        },
      ],
    };
    expect(specOf(writtenFor(failing), 'ServiceResolver', 'cart')).toEqual({
      failover: { '*': { targets: [{ service: 'stock' }] } },
    });
  });
});

describe('hosts outside', () => {
  const outside = (more: Partial<Service> = {}): Service => ({
    id: 'api.example',
    namespace: 'shop',
    name: 'api.example',
    hosts: ['api.example'],
    addresses: [],
    ports: [{ port: 443, protocol: 'tcp' }],
    endpoints: { kind: 'addresses', addresses: ['api.example'] },
    external: true,
    headless: false,
    evidence: 'object',
    labels: {},
    annotations: {},
    ...more,
  });
  const writtenWith = (service: Service, part: ModelPart = {}) => {
    const { model, snapshot } = wished(part);
    const inventory = { ...model.inventory, services: [...model.inventory.services, service] };
    return adapter.write({ ...model, inventory }, { mesh: adapter.assume(), snapshot });
  };

  it('are known by a destination, and a terminating gateway leads there', () => {
    const result = writtenWith(outside());
    expect(specOf(result, 'ServiceDefaults', 'api-example')).toEqual({
      protocol: 'tcp',
      destination: { addresses: ['api.example'], port: 443 },
    });
    expect(specOf(result, 'TerminatingGateway', 'terminating-gateway')).toEqual({
      services: [{ name: 'api-example' }],
    });
    expect(result.findings.map(({ code }) => code)).toContain('CONSUL304');
  });

  it('are left out where they were sent to with TLS of the mesh’s own, or lead to other addresses', () => {
    const tls: ModelPart = {
      destinations: [
        {
          id: 'tls',
          clients: {},
          target: { service: 'api.example' },
          loadBalancing: { algorithm: written({ kind: 'roundRobin' }) },
          tls: { mode: written('tls') },
        },
      ],
    };
    const elsewhere = outside({ endpoints: { kind: 'addresses', addresses: ['10.0.0.1'] } });
    for (const result of [writtenWith(outside(), tls), writtenWith(elsewhere)])
      expect(result.objects.some(({ kind }) => kind === 'TerminatingGateway')).toBe(false);
  });
});
