import { describe, expect, it } from 'vitest';
import { back, consulBed, kubernetesBed, route, router } from '../../../../test/support/consul-bed.ts';

const client = (config: string): string =>
  `kind = "service-defaults"\nname = "web"\nprotocol = "http"\nupstream_config { ${config} }`;

const override = (name: string, more: string): string => `{ name = "${name}" ${more} }`;

const overrides = (...all: readonly string[]): string => client(`overrides = [${all.join(',')}]`);

const limits = 'limits { max_connections = 7 }';
const health = 'passive_health_check { max_failures = 3 }';

const told = (...entries: readonly string[]): readonly string[] =>
  consulBed(...entries).findings.flatMap(({ code, message }) => (code === 'CONSUL113' ? [message] : []));

/** `back` leads to `other` as well. */
const leads = router(route('path_prefix = "/foo"'));

describe('what a client says of upstreams that share endpoints', () => {
  it('is told where one says something and the other nothing', () => {
    expect(told(leads, overrides(override('other', limits)))).toEqual([
      '`other` leads where `back` leads: which of the two holds is left to chance',
    ]);
    expect(told(leads, overrides(override('back', health)))).toEqual([
      '`back` leads where `other` leads: which of the two holds is left to chance',
    ]);
  });

  it('is told of both where both say something else', () => {
    expect(told(leads, overrides(override('other', limits), override('back', health)))).toHaveLength(2);
  });

  it('is told where an override differs from the defaults of the client', () => {
    expect(told(leads, client(`defaults { ${health} }, overrides = [${override('other', limits)}]`))).toHaveLength(1);
  });

  it('is not told where both say the same', () => {
    expect(told(leads, overrides(override('other', limits), override('back', limits)))).toEqual([]);
    expect(told(leads, client(`defaults { ${limits} }`))).toEqual([]);
  });

  it('is not told where no other name leads there', () => {
    expect(told(overrides(override('other', limits)))).toEqual([]);
    expect(told(leads, overrides(override('lim', limits)))).toEqual([]);
  });

  it('is told as holding for one name alone where that has a time to connect of its own, and so a copy of its own', () => {
    expect(told(leads, overrides(override('other', `${limits} connect_timeout_ms = 7000`)))).toEqual([
      '`other` leads where `back` leads: it does not hold for requests by that name',
    ]);
    const all = 'kind = "service-resolver"\nname = "other"\nconnect_timeout = "7s"';
    expect(told(leads, all, overrides(override('other', limits)))).toEqual([expect.stringContaining('chance')]);
  });
});

it('an override of a name that nobody bears is told', () => {
  const { unread } = consulBed(overrides(override('nobody', limits)));
  expect(unread()).toEqual([expect.stringContaining('overrides[0].name'), expect.stringContaining('max_connections')]);
});

describe('a client that takes an upstream for bytes', () => {
  const bytes = overrides(override('back', 'protocol = "TCP"'));
  const shares = (caller: string, ...entries: readonly string[]) =>
    consulBed(...entries)
      .send(caller, { ...back, path: '/foo' })
      .backends.map(({ service, weight }) => `${service} ${weight}`);
  const splits =
    'kind = "service-splitter"\nname = "back"\nsplits = [{ weight = 50 }, { weight = 50 service = "other" }]';

  it('passes over its routes and splits, and others do not', () => {
    expect(shares('shop/web-v1', leads, bytes)).toEqual(['shop/back 100000']);
    expect(shares('shop/job-v1', leads, bytes)).toEqual(['shop/other 100000']);
    expect(shares('shop/web-v1', splits, bytes)).toEqual(['shop/back 100000']);
    expect(shares('shop/job-v1', splits, bytes)).toHaveLength(2);
  });

  it('goes by its resolver, and waits as long as the servers do', () => {
    const redirect = 'kind = "service-resolver"\nname = "back"\nredirect { service = "other" }';
    expect(shares('shop/web-v1', redirect, bytes)).toEqual(['shop/other 100000']);
    const waits = router(route('path_prefix = "/"', 'request_timeout = "1s"'));
    const own = 'kind = "service-defaults"\nname = "back"\nprotocol = "http"\nlocal_request_timeout_ms = 7000';
    const timeoutOf = (caller: string) => consulBed(waits, own, bytes).send(caller, back).timeoutMs;
    expect([timeoutOf('shop/web-v1'), timeoutOf('shop/job-v1')]).toEqual([7000, 1000]);
  });

  it('is told, unless the upstream carries the same', () => {
    const codes = (protocol: string) => consulBed(overrides(override('other', `protocol = "${protocol}"`))).codes;
    expect(codes('tcp')).toContain('CONSUL114');
    expect(codes('http2')).not.toContain('CONSUL114');
  });

  it('takes a name for bytes that has no instances', () => {
    const site = `
apiVersion: v1
kind: Service
metadata: { name: site, namespace: shop }
spec: { selector: { app: nobody }, ports: [{ name: http, port: 80 }] }
`;
    const redirect = 'kind = "service-resolver"\nname = "site"\nredirect { service = "back" }';
    const routed =
      'kind = "service-router"\nname = "site"\nroutes = [{ match { http { path_prefix = "/" } } destination { service = "other" } }]';
    for (const config of ['defaults { protocol = "tcp" }', `overrides = [${override('site', 'protocol = "tcp"')}]`]) {
      const bed = kubernetesBed(site, redirect, routed, client(config));
      const servedTo = (caller: string) =>
        bed.send(caller, { to: { service: 'shop/site', port: 80 }, path: '/' }).backends.map(({ service }) => service);
      expect([servedTo('shop/web-v1'), servedTo('shop/job-v1')]).toEqual([['shop/back'], ['shop/other']]);
    }
  });

  it('may take all of them so, but for those of which an override says otherwise', () => {
    const all = client('defaults { protocol = "tcp" }');
    expect(shares('shop/web-v1', leads, all)).toEqual(['shop/back 100000']);
    expect(consulBed(leads, all).codes.filter(code => code === 'CONSUL114')).toHaveLength(1);
    const but = client(`defaults { protocol = "tcp" }, overrides = [${override('back', 'protocol = "http"')}]`);
    expect(shares('shop/web-v1', leads, but)).toEqual(['shop/other 100000']);
  });
});
