import { describe, expect, it } from 'vitest';
import { consulBed, denyMode, intentions, kubernetesBed, l4 } from '../../../test/support/consul-bed.ts';
import { compare } from '../../verify/compare/compare.ts';
import { worldOf } from '../../verify/request.ts';

const exported =
  'kind = "exported-services"\nname = "default"\nservices = [{ name = "back" consumers = [{ peer = "east" }] }]';

const back = { to: { service: 'shop/back', port: 80 } };
const web = (more: string): string => `{ name = "web" peer = "east" ${more} }`;
const anybody = (more: string): string => `{ name = "*" peer = "east" ${more} }`;

describe('callers of a peer', () => {
  it('7.1 come in through a gateway, under an identity of their own', () => {
    const { hops, outcome } = consulBed(exported).explain('east/web', back);
    expect(hops.map(({ at }) => at)).toEqual(['gateway', 'server']);
    expect(outcome).toMatchObject({
      decision: 'forwarded',
      encrypted: 'mtls',
      identitySeen: 'spiffe://east.consul/ns/default/dc/east/svc/web',
    });
  });

  it('7.7 do not reach what is not exported to them, and everything by a wildcard', () => {
    const other = { to: { service: 'shop/other', port: 80 } };
    expect(consulBed(exported).send('east/web', other)).toMatchObject({ decision: 'reset' });
    expect(consulBed(exported.replace('"back"', '"*"')).status('east/web', other)).toBe(200);
  });

  it('do not reach a name that has no instances', () => {
    const name =
      'apiVersion: v1\nkind: Service\nmetadata: { name: empty, namespace: shop }\nspec: { selector: { app: nobody }, ports: [{ port: 80 }] }';
    const empty = { to: { service: 'shop/empty', port: 80 } };
    const open = exported.replace('"back"', '"empty"');
    const router = 'kind = "service-router"\nname = "empty"\nroutes = [{ destination = { service = "back" } }]';
    expect(kubernetesBed(name, open).send('east/web', empty)).toMatchObject({ decision: 'reset' });
    expect(kubernetesBed(name, open, router).send('east/web', empty)).toMatchObject({
      decision: 'unroutable',
      status: 503,
    });
  });

  it('7.4 are let in or kept out by what names their peer, an exact name first', () => {
    const bed = (...sources: readonly string[]) => consulBed(exported, intentions('back', ...sources));
    const status = (who: string, ...sources: readonly string[]) => bed(...sources).status(`east/${who}`, back);
    expect(status('web', anybody('action = "deny"'))).toBe(403);
    expect(status('job', web('action = "deny"'))).toBe(200);
    expect(status('web', web('action = "allow"'), anybody('action = "deny"'))).toBe(200);
    expect(status('job', web('action = "allow"'), anybody('action = "deny"'))).toBe(403);
  });

  it('7.4 have permissions', () => {
    const permissions =
      'permissions = [{ action = "allow" http { path_prefix = "/ok" } }, { action = "deny" http { path_prefix = "/" } }]';
    const bed = consulBed(exported, intentions('back', web(permissions)));
    expect(bed.status('east/web', { ...back, path: '/ok' })).toBe(200);
    expect(bed.status('east/web', { ...back, path: '/no' })).toBe(403);
    expect(bed.status('east/job', { ...back, path: '/no' })).toBe(200);
  });

  it('0.12 are no part of everyone', () => {
    const closed = intentions('back', l4('*', 'deny'));
    expect(consulBed(exported, closed).status('east/web', back)).toBe(200);
    expect(consulBed(exported, closed).status('shop/web-v1', back)).toBe(403);
    const opened = intentions('back', l4('*', 'allow'));
    expect(consulBed(exported, opened, denyMode).status('east/web', back)).toBe(403);
    expect(
      consulBed(exported, intentions('back', anybody('action = "allow"')), denyMode).status('east/web', back),
    ).toBe(200);
  });

  it('7.5 go the way that the router of the exporting side tells', () => {
    const router = 'kind = "service-router"\nname = "back"\nroutes = [{ destination = { service = "other" } }]';
    expect(consulBed(exported, router).send('east/web', back).backends).toMatchObject([{ service: 'shop/other' }]);
  });

  it('meet nobody who stands in for a name that nobody has', () => {
    const router = 'kind = "service-router"\nname = "back"\nroutes = [{ destination = { service = "empty" } }]';
    const failover = 'kind = "service-resolver"\nname = "empty"\nfailover = { "*" = { service = "other" } }';
    const bed = consulBed(exported, router, failover, 'kind = "service-defaults"\nname = "empty"\nprotocol = "http"');
    expect(bed.send('shop/web-v1', back).backends).toMatchObject([{ service: 'shop/other' }]);
    expect(bed.send('east/web', back)).toMatchObject({ decision: 'unroutable', status: 503 });
  });

  it('are a class of callers that comparisons tell apart', () => {
    const worldWith = (action: string) =>
      worldOf(consulBed(exported, intentions('back', web(`action = "${action}"`))).model);
    const { services } = compare(worldWith('allow'), worldWith('deny'));
    const [different] = services.filter(({ verdict }) => verdict !== 'equal');
    expect(different).toMatchObject({
      service: 'shop/back',
      witness: { client: { kind: 'joined', from: 'east', name: 'web' } },
    });
  });
});

describe('services of a peer', () => {
  it('7.1 are reached under the identity of the caller, by rules that the input does not hold', () => {
    const away = 'kind = "service-resolver"\nname = "other"\nredirect { service = "far" peer = "east" }';
    const { outcome, assumptions, caveats } = consulBed(away).explain('shop/web-v1', {
      to: { service: 'shop/other', port: 80 },
    });
    expect(outcome).toMatchObject({
      decision: 'forwarded',
      encrypted: 'mtls',
      backends: [{ service: 'far.virtual.east.consul' }],
    });
    expect(outcome.identitySeen).toContain('/svc/web');
    expect(assumptions).toContain('`far.virtual.east.consul` lets the caller in: its rules are not in the input');
    expect(caveats).toEqual([]);
  });
});

describe('what other clusters see', () => {
  it('is told, with what to do next', () => {
    const { findings } = consulBed(exported);
    const told = findings.find(({ code }) => code === 'CONSUL006');
    expect(told).toMatchObject({ path: 'services[0]', message: '`back` is exported to peer `east`' });
    expect(told?.hint).toContain('read the other cluster');
  });

  it('0.12 a deny for everyone does not keep out callers of a peer, where everyone is let in by default', () => {
    const closed = intentions('back', l4('*', 'deny'));
    expect(consulBed(exported, closed).codes).toContain('CONSUL212');
    expect(consulBed(exported, closed, denyMode).codes).not.toContain('CONSUL212');
    const named = intentions('back', '{ name = "*" peer = "east" action = "deny" }');
    expect(consulBed(exported, named).codes).not.toContain('CONSUL212');
  });

  it('7.4 intentions for callers of a peer change nothing for those of the own cluster', () => {
    const bed = consulBed(exported, intentions('back', '{ name = "web" peer = "east" action = "deny" }'));
    expect(bed.status('shop/web-v1', back)).toBe(200);
    expect(bed.status('east/web', back)).toBe(403);
  });

  it('0.9, 7.6 an exported service refuses identities of other systems once the peering stands', () => {
    const closed = intentions('back', l4('web', 'deny'));
    const peering = `
apiVersion: consul.hashicorp.com/v1alpha1
kind: PeeringAcceptor
metadata: { name: east, namespace: consul }
spec: { peer: { secret: { name: east, key: data, backend: kubernetes } } }
`;
    expect(consulBed(exported, closed).codes).toContain('CONSUL201');
    const joined = kubernetesBed(peering, exported, closed);
    expect(joined.codes).not.toContain('CONSUL201');
    expect(joined.codes).not.toContain('CONSUL217');
    const other = intentions('other', l4('web', 'deny'));
    expect(kubernetesBed(peering, exported, closed, other).codes).toContain('CONSUL201');
  });

  it('is told where nobody of a peer gets in, or nothing is exported', () => {
    expect(consulBed(exported, denyMode).codes).toContain('CONSUL216');
    expect(
      consulBed(exported, denyMode, intentions('back', '{ name = "web" peer = "east" action = "allow" }')).codes,
    ).not.toContain('CONSUL216');
    expect(consulBed(exported.replace('"back"', '"nobody"')).codes).toContain('CONSUL215');
    expect(consulBed(exported).codes).toContain('CONSUL217');
  });

  it('is told where what is exported leads to another cluster, which Consul refuses', () => {
    const away = 'kind = "service-resolver"\nname = "other"\nredirect { service = "far" peer = "east" }';
    const router = 'kind = "service-router"\nname = "back"\nroutes = [{ destination = { service = "other" } }]';
    expect(consulBed(exported, away).codes).not.toContain('CONSUL219');
    expect(consulBed(exported, away, router).codes).toContain('CONSUL219');
    expect(consulBed(exported.replace('"back"', '"*"'), away).codes).toContain('CONSUL219');
  });

  it('sameness groups do nothing in the community edition', () => {
    const group = 'kind = "sameness-group"\nname = "all"\ndefault_for_failover = true\nmembers = [{ peer = "east" }]';
    const told = consulBed(group).findings.find(({ code }) => code === 'CONSUL005');
    expect(told?.message).toContain('Enterprise');
  });
});
