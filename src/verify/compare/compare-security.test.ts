import { describe, expect, it } from 'vitest';
import { written } from '../../base/source.ts';
import type { AccessPolicy } from '../../model/capabilities/access.ts';
import type { EncryptionMode } from '../../model/capabilities/encryption.ts';
import type { Model, ModelPart } from '../../model/model.ts';
import {
  accessRule,
  at,
  condition,
  encryption,
  exact,
  forward,
  gateway,
  policy,
  rule,
  table,
} from '../testing/model-builder.ts';
import { differences, laidOut, routes, shop, toVersion, witnessFor } from '../testing/shop.ts';
import type { Verdict } from './comparison.ts';

describe('access', () => {
  const onWeb = { scope: { namespaces: ['shop'], labels: { app: 'web' } } };
  const clientOnly = (...more: string[]): AccessPolicy =>
    policy(
      'allow',
      ['client', ...more].map(name =>
        accessRule(name, 'allow', [condition('peer.identity', [{ kind: 'serviceAccount', namespace: 'shop', name }])]),
      ),
      { ...onWeb, otherwise: 'deny' },
    );

  it('is looser where someone more gets in, and stricter the other way round', () => {
    const [few, more] = [shop({ access: [clientOnly()] }), shop({ access: [clientOnly('cron')] })];
    expect(differences(laidOut(few, more))).toEqual(['shop/web access looser']);
    expect(differences(laidOut(more, few))).toEqual(['shop/web access stricter']);
    expect(laidOut(few, more).verdict).toBe('looser');
    const { client, a, b } = witnessFor(laidOut(few, more), 'access')!;
    expect(client).toEqual({ kind: 'serviceAccount', namespace: 'shop', name: 'cron' });
    expect([a.outcome.decision, b.outcome.decision]).toEqual(['denied', 'forwarded']);
    expect(b.source?.object.name).toBe('cron');
  });

  it('is different where some get in and others no longer do', () => {
    const other = policy('allow', [accessRule('0', 'allow', [condition('peer.namespace', [exact('other')])])], {
      ...onWeb,
      otherwise: 'deny',
    });
    expect(differences(laidOut(shop({ access: [clientOnly()] }), shop({ access: [other] })))).toEqual([
      'shop/web access different',
    ]);
  });

  it('is compared per endpoint set under a split', () => {
    const denies = (name: string): ModelPart => ({
      ...routes(rule('all', {}, forward(toVersion(1, 'v1'), toVersion(1, 'v2')))),
      access: [
        policy('deny', [accessRule('0', 'deny', [])], { scope: { namespaces: ['shop'], labels: { version: name } } }),
      ],
    });
    expect(differences(laidOut(shop(denies('v1')), shop(denies('v2'))))).toEqual(['shop/web access different']);
    expect(differences(laidOut(shop(denies('v1')), shop({ ...denies('v1'), access: [] })))).toEqual([
      'shop/web access looser',
    ]);
  });

  it('is compared at a gateway that only the second side guards', () => {
    const open = { ...table('shop/web', [rule('in', {}, forward(toVersion(1, 'v1')))]) };
    const listens = { kind: 'listener', gateway: 'edge/public', listener: 'http', hosts: [] } as const;
    const guarded = (access: readonly AccessPolicy[]): Model =>
      shop({ frontends: [{ ...open, listens }], access }, { gateways: [gateway('edge/public')] });
    const deny = policy('deny', [accessRule('0', 'deny', [])], { scope: { gateway: 'edge/public' } });
    expect(differences(laidOut(guarded([]), guarded([deny])))).toEqual(['unknown.example access stricter']);
  });

  it('does not mind one policy split in two', () => {
    const halves = [clientOnly(), { ...clientOnly('cron'), id: 'second' }];
    expect(differences(laidOut(shop({ access: [clientOnly('cron')] }), shop({ access: halves })))).toEqual([]);
  });

  it('finds a path that a policy forgot', () => {
    const deny = (...paths: string[]): Model =>
      shop({
        access: [policy('deny', [accessRule('0', 'deny', [condition('request.path', paths.map(exact))])], onWeb)],
      });
    const comparison = laidOut(deny('/admin', '/private'), deny('/admin'));
    expect(differences(comparison)).toEqual(['shop/web access looser']);
    expect(witnessFor(comparison, 'access')?.request.path).toBe('/private');
  });

  it('is looser where an external authoriser is no longer asked', () => {
    const asks: AccessPolicy = policy('ask', [{ ...accessRule('0', 'ask', []), authoriser: 'opa' }], onWeb);
    expect(differences(laidOut(shop({ access: [asks] }), shop()))).toEqual(['shop/web access looser']);
    expect(differences(laidOut(shop({ access: [asks] }), shop({ access: [{ ...asks, id: 'other' }] })))).toEqual([]);
  });

  it('is looser where traffic may leave that had to stay', () => {
    const stay = (mode: 'allow' | 'deny'): Model =>
      shop({ egress: [{ id: 'egress', clients: {}, mode: written(mode, at('egress')), deniedStatus: 502 }] });
    const comparison = laidOut(stay('deny'), stay('allow'));
    expect(differences(comparison)).toContain('unknown.example access looser');
    expect(comparison.verdict).toBe('looser');
  });
});

describe('encryption', () => {
  const modes = (mode: EncryptionMode): Model => shop({ encryption: [encryption(mode)] });
  it.each<[EncryptionMode, EncryptionMode, Verdict]>([
    ['strict', 'permissive', 'looser'],
    ['permissive', 'strict', 'stricter'],
    ['permissive', 'disabled', 'looser'],
    ['strict', 'strict', 'equal'],
  ])('from %s to %s is %s', (before, after, verdict) => {
    const { services } = laidOut(modes(before), modes(after));
    expect(services.find(({ service: name, aspect }) => name === 'shop/web' && aspect === 'encryption')?.verdict).toBe(
      verdict,
    );
  });

  it('is seen behind a gateway that takes plain requests', () => {
    const behind = (mode: 'automatic' | 'none'): Model =>
      shop(
        {
          frontends: [
            {
              ...table('shop/web', [rule('in', {}, forward(toVersion(1, 'v1')))]),
              listens: { kind: 'listener', gateway: 'edge/public', listener: 'http', hosts: [] },
            },
          ],
          destinations: [
            {
              id: 'tls',
              clients: { gateway: 'edge/public' },
              target: { service: 'shop/web' },
              tls: { mode: written(mode) },
            },
          ],
        },
        { gateways: [gateway('edge/public')] },
      );
    expect(differences(laidOut(behind('automatic'), behind('none')))).toEqual(['unknown.example encryption looser']);
  });

  it('is that of the connection to a gateway too, and who may come in is seen there', () => {
    const entered = (mode: 'meshMutual' | 'terminate'): Model =>
      shop(
        {
          frontends: [
            {
              ...table('shop/web', [
                rule(
                  'in',
                  {},
                  forward({ backend: { kind: 'service', service: 'shop/web', port: 80 }, weight: written(1) }),
                ),
              ]),
              listens: { kind: 'listener', gateway: 'edge/public', listener: 'secure', hosts: [] },
            },
          ],
        },
        {
          gateways: [
            gateway('edge/public', {
              listeners: [
                { name: 'secure', port: 443, protocol: 'https', hosts: [], tls: { mode, certificates: ['shop-tls'] } },
              ],
            }),
          ],
        },
      );
    const opened = differences(laidOut(entered('meshMutual'), entered('terminate')));
    expect(opened).toContain('unknown.example access looser');
    expect(opened).toContain('unknown.example encryption looser');
    expect(differences(laidOut(entered('terminate'), entered('meshMutual')))).toContain(
      'unknown.example access stricter',
    );
  });

  it('does not mind whether plaintext is kept out by a reset or by an answer', () => {
    const inside = accessRule('meshed', 'allow', [condition('peer.identity', [{ kind: 'present' }])]);
    const denied = shop({ access: [policy('allow', [inside], { otherwise: 'deny' })] });
    const encryptionOf = (a: Model, b: Model): Verdict | undefined =>
      laidOut(a, b).services.find(({ service, aspect }) => service === 'shop/web' && aspect === 'encryption')?.verdict;
    expect(encryptionOf(modes('strict'), denied)).toBe('equal');
  });

  it('names the line that let plaintext in', () => {
    const found = witnessFor(laidOut(modes('strict'), modes('permissive')), 'encryption')!;
    expect(found.a.outcome.decision).toBe('reset');
    expect(found.b.outcome).toMatchObject({ decision: 'forwarded', encrypted: 'plaintext' });
    expect(found.a.source?.object.name).toBe('encryption-strict');
  });

  it('names the line that keeps somebody out by a reset also for access', () => {
    const found = witnessFor(laidOut(modes('permissive'), modes('strict')), 'access')!;
    expect(found.b.outcome.decision).toBe('reset');
    expect(found.b.source?.object.name).toBe('encryption-strict');
  });
});
