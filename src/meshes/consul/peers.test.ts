import { describe, expect, it } from 'vitest';
import { consulBed, denyMode, intentions, l4 } from '../../../test/support/consul-bed.ts';

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
});
