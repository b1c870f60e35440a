import { describe, expect, it } from 'vitest';
import { back, bareBed, carriesHttp, consulBed, route, router, subsets } from '../../../../test/support/consul-bed.ts';

const always = (destination: string): string => router(route('path_prefix = "/"', destination));

const defaults = (name: string, more: string): string => `kind = "service-defaults"\nname = "${name}"\n${more}`;

const splitter = (name: string, splits: string): string =>
  `kind = "service-splitter"\nname = "${name}"\nsplits = [${splits}]`;

const resolver = (name: string, more: string): string => `kind = "service-resolver"\nname = "${name}"\n${more}`;

const shares = (...entries: readonly string[]): readonly string[] =>
  consulBed(...entries)
    .send('shop/web-v1', back)
    .backends.map(
      ({ service, subset, weight }) => `${service.slice(5)}${subset === undefined ? '' : ` ${subset}`} ${weight}`,
    );

describe('section 2: nothing but a protocol', () => {
  it('2.1 a request for a service that carries HTTP has 15 s', () => {
    expect(consulBed().send('shop/web-v1', back).timeoutMs).toBe(15_000);
  });

  it('2.2, 0.4 a client that waits for ever gets what the server waits, which only the defaults of all proxies lift', () => {
    const timeoutMs = (...entries: readonly string[]) => bareBed(...entries).send('shop/web-v1', back).timeoutMs;
    const forever = always('request_timeout = "-1s"');
    expect(timeoutMs(carriesHttp, forever)).toBe(15_000);
    expect(timeoutMs(carriesHttp, forever, defaults('back', 'local_request_timeout_ms = 0'))).toBe(15_000);
    const lifted =
      'kind = "proxy-defaults"\nname = "global"\nconfig { protocol = "http" local_request_timeout_ms = 0 }';
    expect(timeoutMs(lifted, forever)).toBeUndefined();
  });

  it('2.3 a service without a protocol carries bytes: no timeout, and nothing that is said of requests', () => {
    expect(bareBed().send('shop/web-v1', back).timeoutMs).toBeUndefined();
  });

  it('2.4 nothing is tried again', () => {
    expect(consulBed().send('shop/web-v1', back).retries).toBeUndefined();
  });

  it('0.3, 2.6, 2.7 what upstreams do by themselves is part of the mesh', () => {
    expect(consulBed().model.meshes[0]?.defaults).toMatchObject({
      connectionLimits: { connectTimeoutMs: { value: 5000 }, maxConnections: { value: 1024 } },
      outlierDetection: { consecutive5xx: { value: 5 }, maxEjectionPercent: { value: 10 } },
    });
  });

  it('5.1, 5.3 of what client and server wait the shorter counts, and a service’s own before that of all', () => {
    const own = defaults('back', 'local_request_timeout_ms = 800');
    expect(consulBed(own).send('shop/web-v1', back).timeoutMs).toBe(800);
    expect(consulBed(own, always('request_timeout = "400ms"')).send('shop/web-v1', back).timeoutMs).toBe(400);
    const all = 'kind = "proxy-defaults"\nname = "global"\nconfig { protocol = "http" local_request_timeout_ms = 900 }';
    expect(bareBed(all).send('shop/web-v1', back).timeoutMs).toBe(900);
    expect(bareBed(all, defaults('back', 'local_request_timeout_ms = 3000')).send('shop/web-v1', back).timeoutMs).toBe(
      3000,
    );
  });

  it('5.5, 5.16 the protocol of all proxies is that of a service without one, whatever its case', () => {
    expect(bareBed(defaults('back', 'protocol = "HTTP"')).send('shop/web-v1', back).timeoutMs).toBe(15_000);
    expect(consulBed(defaults('back', 'protocol = "tcp"')).send('shop/web-v1', back).timeoutMs).toBeUndefined();
  });
});

describe('section 3: splits and resolvers', () => {
  it('3.2, 3.3 shares are hundredths of a percent, and what is finer is rounded away', () => {
    const of = (a: number, b: number) =>
      shares(
        subsets,
        splitter('back', `{ weight = ${a} service_subset = "v1" }, { weight = ${b} service_subset = "v2" }`),
      );
    expect(of(99.99, 0.01)).toEqual(['back v1 99990', 'back v2 10']);
    expect(of(99.999, 0.001)).toEqual(['back v1 100000']);
    expect(of(100, 0)).toEqual(['back v1 100000']);
  });

  it('3.5 splits that lead in a circle are told', () => {
    const { codes } = consulBed(
      splitter('back', '{ weight = 100 service = "other" }'),
      splitter('other', '{ weight = 100 service = "back" }'),
    );
    expect(codes).toContain('CONSUL106');
  });

  it('3.6 the shares of a split that leads to a split are multiplied', () => {
    const inner = splitter('other', '{ weight = 50 }, { weight = 50 service = "lim" }');
    expect(
      shares(
        subsets,
        inner,
        splitter('back', '{ weight = 50 service_subset = "v1" }, { weight = 50 service = "other" }'),
      ),
    ).toEqual(['back v1 50000', 'other 25000', 'lim 25000']);
  });

  it('3.7 routers of what a split leads to are not asked', () => {
    const ofOther = 'kind = "service-router"\nname = "other"\nroutes = [{ destination { service = "lim" } }]';
    expect(shares(ofOther, splitter('back', '{ weight = 100 service = "other" }'))).toEqual(['other 100000']);
  });

  it('3.9 a name that is redirected skips the splits of the service behind it, and keeps its own routes', () => {
    const redirect = resolver('back', 'redirect { service = "other" }');
    expect(shares(redirect, splitter('other', '{ weight = 100 service = "lim" }'))).toEqual(['other 100000']);
    expect(shares(redirect, always('service = "lim"'))).toEqual(['lim 100000']);
  });

  it('the timeout beside a redirect does not count, that of the resolver behind it does', () => {
    const redirect = resolver('back', 'request_timeout = "500ms"\nredirect { service = "other" }');
    expect(consulBed(redirect).send('shop/web-v1', back).timeoutMs).toBe(15_000);
    const behind = resolver('other', 'request_timeout = "700ms"');
    expect(consulBed(redirect, behind).send('shop/web-v1', back).timeoutMs).toBe(700);
  });

  it('3.11 the usual subset is meant where none is named; an empty filter takes all', () => {
    expect(shares(`${subsets}\ndefault_subset = "v2"`)).toEqual(['back v2 100000']);
    expect(shares(resolver('back', 'default_subset = "all"\nsubsets = { all = { filter = "" } }'))).toEqual([
      'back 100000',
    ]);
  });

  it('3.17 the timeout of a resolver counts where nothing stands before it', () => {
    const slow = resolver('back', 'request_timeout = "700ms"');
    const timeoutMs = (...entries: readonly string[]) => consulBed(...entries).send('shop/web-v1', back).timeoutMs;
    expect(timeoutMs(slow)).toBe(700);
    expect(timeoutMs(slow, always('service = "back"'))).toBe(15_000);
    expect(timeoutMs(slow, splitter('back', '{ weight = 100 }'))).toBe(15_000);
  });

  it('3.18, 3.19 balancing by a hash is told with what is hashed', () => {
    const hashed = (policy: string) =>
      consulBed(resolver('back', `load_balancer { policy = "ring_hash" hash_policies = [{ ${policy} }] }`)).model
        .destinations[0]?.loadBalancing?.algorithm.value;
    expect(hashed('field = "header" field_value = "x-user"')).toMatchObject({
      kind: 'consistentHash',
      on: { kind: 'header', name: 'x-user' },
    });
    expect(hashed('source_ip = true')).toMatchObject({ on: { kind: 'sourceAddress' } });
    expect(hashed('field = "cookie" field_value = "c" cookie_config { ttl = "60s" }')).toMatchObject({
      on: { kind: 'cookie', name: 'c', ttlMs: 60_000 },
    });
  });
});

describe('section 5: what clients set for their upstreams', () => {
  const upstreams = `upstream_config {
  defaults { limits { max_connections = 7 } passive_health_check { max_failures = 9 } }
  overrides = [{ name = "back" passive_health_check { max_failures = 3 max_ejection_percent = 100 } }, { name = "other" limits { max_connections = 2 max_pending_requests = 3 max_concurrent_requests = 4 } }]
}`;
  const settingsFor = (service: string) => {
    const { destinations } = consulBed(defaults('web', `protocol = "http"\n${upstreams}`)).model;
    return destinations.find(({ target }) => target.service === service);
  };

  it('5.6, 5.7 an override takes the place of the defaults block by block', () => {
    expect(settingsFor('shop/back')).toMatchObject({
      clients: { labels: { app: 'web' } },
      connectionLimits: { maxConnections: { value: 7 } },
      outlierDetection: { consecutive5xx: { value: 3 }, maxEjectionPercent: { value: 100 } },
    });
  });

  it('5.8, 5.9 limits are those of one client, and a zero is a limit', () => {
    expect(settingsFor('shop/other')).toMatchObject({
      connectionLimits: { maxConnections: { value: 2 }, maxPendingRequests: { value: 3 }, maxRequests: { value: 4 } },
      outlierDetection: { consecutive5xx: { value: 9 } },
    });
    const shut = defaults('web', 'upstream_config { defaults { limits { max_concurrent_requests = 0 } } }');
    expect(consulBed(shut).model.destinations[0]?.connectionLimits?.maxRequests?.value).toBe(0);
  });
});

describe('names and extensions', () => {
  const alias = 'kind = "service-resolver"\nname = "lim"\nredirect { service = "back" }';

  it('3.8 a name that leads to another carries the same', () => {
    const tcp = defaults('lim', 'protocol = "tcp"');
    expect(consulBed(alias, tcp).codes).toContain('CONSUL101');
    expect(consulBed(alias).codes).not.toContain('CONSUL101');
  });

  it('5.18 what an extension does to every client is not understood, which is told', () => {
    const lua = defaults('back', 'protocol = "http"\nenvoy_extensions = [{ name = "builtin/lua" }]');
    expect(consulBed(lua).model.opaque).toMatchObject([{ what: 'extension `builtin/lua` at back' }]);
  });
});
