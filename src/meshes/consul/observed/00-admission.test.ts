import { describe, expect, it } from 'vitest';
import { intentions, l4, may, route, router } from '../../../../test/support/consul-bed.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { parseText } from '../../../store/files/parse.ts';
import { validate } from '../validate.ts';

/** The codes that an entry in HCL gets. */
const codes = (entry: string): readonly string[] => {
  const { objects, findings } = parseText('entry.hcl', entry);
  expect(findings).toEqual([]);
  return [...new Set(validate(new Snapshot(objects)).map(({ code }) => code))];
};

const refused = ['CONSUL901'];
const broken = ['CONSUL902'];
const otherwise = ['CONSUL903'];

const splitter = (...weights: readonly number[]): string =>
  `kind = "service-splitter"\nname = "back"\nsplits = [${weights
    .map((weight, index) => `{ weight = ${weight} service = "s${index}" }`)
    .join(',')}]`;

const resolver = (words: string): string => `kind = "service-resolver"\nname = "back"\n${words}`;
const defaults = (words: string): string => `kind = "service-defaults"\nname = "back"\n${words}`;
const proxies = (words: string): string => `kind = "proxy-defaults"\nname = "global"\n${words}`;

describe('what Consul refuses', () => {
  it('keys of gateway entries in snake case', () => {
    const route = (words: string): string => `kind = "http-route"\nname = "r"\n${words}`;
    expect(codes(route('rules = [{ filters { timeout_filter { request_timeout = "1s" } } }]'))).toEqual(refused);
    expect(codes(route('rules = [{ filters { TimeoutFilter { RequestTimeout = "1s" } } }]'))).toEqual([]);
    expect(codes(route('rules = [{ filters { headers = [{ set { x_a = "1" } }] } }]'))).toEqual([]);
  });

  it('routes for a pattern of hosts', () => {
    expect(codes('kind = "http-route"\nname = "r"\nhostnames = ["*.example"]')).toEqual(refused);
    expect(codes('kind = "http-route"\nname = "r"\nhostnames = ["a.example"]')).toEqual([]);
  });

  it('sameness groups, which only the Enterprise edition has', () => {
    expect(codes('kind = "sameness-group"\nname = "all"\nmembers = [{ peer = "east" }]')).toEqual(['CONSUL904']);
  });

  it('1.6, 1.10 a path without its slash, and two kinds of value for one condition', () => {
    expect(codes(router(route('path_prefix = "foo"')))).toEqual(refused);
    expect(codes(router(route('path_regex = "r[0-9]+"')))).toEqual([]);
    expect(codes(router(route('header = [{ name = "x" exact = "a" prefix = "b" }]')))).toEqual(refused);
    expect(codes(router(route('path_exact = "/a" path_prefix = "/b"')))).toEqual(refused);
  });

  it('1.13 a verb that is none, and one that is there twice', () => {
    expect(codes(router(route('methods = ["GET", "get"]')))).toEqual(refused);
    expect(codes(router(route('methods = ["FETCH"]')))).toEqual(refused);
    expect(codes(router(route('methods = ["get", "POST"]')))).toEqual([]);
  });

  it('1.19 a rewrite where no path is matched', () => {
    const rewrite = 'service = "other" prefix_rewrite = "/b"';
    expect(codes(router(route('path_regex = "/a.*"', rewrite)))).toEqual(refused);
    expect(codes(router(route('path_exact = "/a"', rewrite)))).toEqual([]);
  });

  it('1.33 no timeout of zero, and no number of retries below it', () => {
    expect(codes(router(route('path_prefix = "/"', 'request_timeout = "0s" num_retries = 1')))).toEqual([]);
  });

  it('3.1, 3.2 shares that do not come to a hundred', () => {
    for (const weights of [[50, 49], [50, 49.99], [33.33, 33.33, 33.33], [0, 0], [101]])
      expect(codes(splitter(...weights))).toContain('CONSUL901');
    for (const weights of [
      [33.33, 33.33, 33.34],
      [99.99, 0.01],
      [100, 0],
    ])
      expect(codes(splitter(...weights))).toEqual([]);
  });

  it('3.3 shares that are none once they are rounded', () => {
    expect(codes(splitter(0.001, 99.999))).toEqual(otherwise);
    expect(codes(splitter(50, 49.995, 0.005))).toContain('CONSUL901');
  });

  it('3.5 two shares for one end', () => {
    expect(codes('kind = "service-splitter"\nname = "b"\nsplits = [{ weight = 50 }, { weight = 50 }]')).toEqual(
      refused,
    );
  });

  it('3.10 a redirect beside subsets is let in, and beside a failover is not', () => {
    const subsets = 'subsets = { v1 = { filter = "" } }';
    expect(codes(resolver(`redirect { service = "other" }\n${subsets}`))).toEqual([]);
    expect(codes(resolver('redirect { service = "other" }\nfailover = { "*" = { service = "lim" } }'))).toEqual(
      refused,
    );
  });

  it('3.20 hashing where nothing hashes', () => {
    const hash = 'hash_policies = [{ field = "header" field_value = "x" }]';
    expect(codes(resolver(`load_balancer { policy = "round_robin" ${hash} }`))).toEqual(refused);
    expect(codes(resolver(`load_balancer { policy = "ring_hash" ${hash} }`))).toEqual([]);
  });

  it('4.12 an action beside permissions, two paths, part of a star, permissions for every service, a caller twice', () => {
    const both = '{ name = "web" action = "allow" permissions = [{ action = "allow" http { path_prefix = "/" } }] }';
    const l7 = `{ name = "web" permissions = [${may('allow', 'path_prefix = "/a"')}] }`;
    const paths = `{ name = "web" permissions = [${may('allow', 'path_prefix = "/a" path_exact = "/b"')}] }`;
    for (const [name, ...sources] of [
      ['back', both],
      ['back', paths],
      ['back', l4('we*', 'allow')],
      ['*', l7],
      ['back', l4('web', 'allow'), l4('web', 'deny')],
    ] as const)
      expect(codes(intentions(name, ...sources))).toEqual(refused);
    expect(codes(intentions('back', l7, l4('*', 'deny')))).toEqual([]);
  });

  it('5.10 limits below zero, and an override for everyone', () => {
    const limits = (words: string): string => defaults(`upstream_config { overrides = [{ ${words} }] }`);
    expect(codes(limits('name = "other" limits { max_connections = -1 }'))).toEqual(refused);
    expect(codes(limits('name = "*" limits { max_connections = 1 }'))).toEqual(refused);
    expect(codes(limits('name = "other" limits { max_connections = 1 }'))).toEqual([]);
  });

  it('5.12 limits of rates, which belong to the Enterprise edition', () => {
    expect(
      codes(defaults('rate_limits { instance_level { requests_per_second = 1 requests_max_burst = 1 } }')),
    ).toEqual(['CONSUL904']);
  });

  it('5.15 an address with a star', () => {
    const outside = (address: string): string => defaults(`destination { addresses = [${address}] port = 443 }`);
    expect(codes(outside('"*.example"'))).toEqual(refused);
    expect(codes(outside('"192.0.2.1", "api.example"'))).toEqual([]);
  });

  it('5.16 a protocol that is none', () => {
    expect(codes(defaults('protocol = "http3"'))).toEqual(refused);
    expect(codes(defaults('protocol = "HTTP"'))).toEqual([]);
  });

  it('5.20 an extension that Consul does not know', () => {
    expect(codes(proxies('envoy_extensions = [{ name = "builtin/unknown" }]'))).toEqual(refused);
    expect(codes(proxies('envoy_extensions = [{ name = "builtin/property-override" }]'))).toEqual([]);
  });
});

describe('what Consul lets in and Envoy does not take', () => {
  it('0.7, 3.4 shares above a hundred, and edits of the Host', () => {
    expect(codes(splitter(110, -10))).toEqual(broken);
    const edit = (name: string): string => `service = "other" request_headers { set = { "${name}" = "a" } }`;
    for (const name of ['host', 'Host', ':authority', ':path', 'content-length'])
      expect(codes(router(route('path_prefix = "/"', edit(name))))).toEqual(broken);
    expect(codes(router(route('path_prefix = "/"', edit('x-a'))))).toEqual([]);
  });

  it('1.18 a new path without its slash', () => {
    expect(codes(router(route('path_prefix = "/a"', 'service = "other" prefix_rewrite = "b"')))).toEqual(broken);
  });
});

describe('what means something else than it says', () => {
  it('0.4, 5.2 a timeout of the server that is zero, or below', () => {
    for (const ms of [0, -1]) expect(codes(defaults(`local_request_timeout_ms = ${ms}`))).toEqual(otherwise);
    expect(codes(defaults('local_request_timeout_ms = 800'))).toEqual([]);
  });

  it('5.9 a limit of zero', () => {
    const zero = 'upstream_config { defaults { limits { max_concurrent_requests = 0 } } }';
    expect(codes(defaults(zero))).toEqual(otherwise);
  });

  it('5.19 an authorizer that lets everyone in while it is down', () => {
    expect(codes(defaults('envoy_extensions = [{ name = "builtin/ext-authz" required = true }]'))).toEqual(otherwise);
  });
});
