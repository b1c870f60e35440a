import { describe, expect, it } from 'vitest';
import { consulBed, denyMode, intentions, kubernetesBed, l4 } from '../../../test/support/consul-bed.ts';

const exported =
  'kind = "exported-services"\nname = "default"\nservices = [{ name = "back" consumers = [{ peer = "east" }] }]';

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

  it('7.4 intentions for callers of a peer are told, and change nothing for those of the own cluster', () => {
    const bed = consulBed(intentions('back', '{ name = "web" peer = "east" action = "deny" }'));
    expect(bed.codes).toContain('CONSUL006');
    expect(bed.status('shop/web-v1', { to: { service: 'shop/back', port: 80 } })).toBe(200);
  });

  it('0.9 an exported service refuses identities of other systems once the peering stands', () => {
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

  it('sameness groups do nothing in the community edition', () => {
    const group = 'kind = "sameness-group"\nname = "all"\ndefault_for_failover = true\nmembers = [{ peer = "east" }]';
    const told = consulBed(group).findings.find(({ code }) => code === 'CONSUL005');
    expect(told?.message).toContain('Enterprise');
  });
});
