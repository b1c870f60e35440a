import { describe, expect, it } from 'vitest';
import { written } from '../../base/source.ts';
import type { Regex, TextMatch } from '../../model/match.ts';
import { matches } from '../matches.ts';
import { regexMatches } from '../regex.ts';
import {
  accessRule,
  backendTo,
  bareWorkload,
  condition,
  exact,
  forward,
  gateway,
  header,
  modelOf,
  policy,
  port,
  prefix,
  rule,
  service,
  table,
  workload,
} from '../testing/model-builder.ts';
import { textMatches } from '../text-match.ts';
import { regexTexts } from './regex-texts.ts';
import { samples } from './samples.ts';
import { pathValues, textValues } from './text-values.ts';

describe('texts for a regular expression', () => {
  it.each([
    '/re[0-9]+',
    '/v1\\.0/(users|groups)/[a-z]{2,3}',
    'a|ab|',
    '^/x(/.*)?$',
    '(?i)abc',
    '(?P<name>a+)b*?c',
    '[^/]+',
    '\\d{3}-\\w+\\s?x',
    '[[:alpha:]]x',
    '',
  ])('%s: all of them are taken', pattern => {
    const regex: Regex = { pattern, dialect: 're2', anchoring: 'full' };
    const texts = regexTexts(pattern);
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.filter(text => !regexMatches(regex, text))).toEqual([]);
  });

  it('visit every alternative and both sides of what is optional', () => {
    expect(regexTexts('/(a|b|c)')).toEqual(['/a', '/b', '/c']);
    expect(regexTexts('/ab?')).toEqual(['/ab', '/a']);
    expect(regexTexts('/a.c')).toEqual(['/axc', '/a.c']);
  });

  it('are none where the pattern is not understood', () => {
    expect(regexTexts('a)b')).toEqual([]);
  });
});

describe('values around a condition', () => {
  const conditions: TextMatch[] = [
    exact('one'),
    prefix('one'),
    { kind: 'suffix', value: 'one' },
    { kind: 'present' },
    { kind: 'regex', regex: { pattern: 'v[0-9]', dialect: 're2', anchoring: 'full' } },
  ];
  it.each(conditions)('%j: the first is taken, and another is not', match => {
    const [first, ...rest] = textValues(match);
    expect(textMatches(match, first)).toBe(true);
    if (match.kind !== 'present') expect(rest.some(value => !textMatches(match, value))).toBe(true);
  });

  it('of a path tell the kinds of prefix from each other', () => {
    const values = pathValues({ kind: 'prefix', value: '/foo' });
    expect(values).toEqual(expect.arrayContaining(['/foo', '/foo/', '/foo/x', '/foox', '/fo', '/FOO', '//foo']));
  });
});

describe('the questions about a model', () => {
  const model = modelOf(
    {
      workloads: [workload('shop/web'), workload('shop/client'), bareWorkload('shop/bare')],
      services: [service('shop/web', { ports: [port(80), port(9000, 'tcp')] })],
      gateways: [gateway('edge/public')],
    },
    {
      frontends: [
        table('shop/web', [
          rule(
            'one',
            { path: { kind: 'exact', value: '/one' }, headers: [header('x', exact('a'))] },
            forward(backendTo('shop/web')),
          ),
          rule(
            'two',
            { path: { kind: 'prefix', value: '/' }, caller: { labels: { app: 'batch' } } },
            forward(backendTo('shop/web')),
          ),
        ]),
        {
          ...table('shop/web', [rule('in', { method: exact('GET') }, forward(backendTo('shop/web')))]),
          id: 'edge',
          listens: { kind: 'listener', gateway: 'edge/public', listener: 'http', hosts: ['*.shop.example'] },
        },
      ],
      access: [
        policy('who', [
          accessRule('0', 'allow', [
            condition('peer.identity', [{ kind: 'serviceAccount', namespace: 'pay', name: 'bot' }]),
          ]),
        ]),
      ],
    },
  );
  const all = [...samples([model])];
  const targets = all.map(({ target }) => [target.name, target.to.port, target.via]);

  it('dial every port of every service, every host at a gateway, and a host that nobody knows', () => {
    expect(targets).toEqual([
      ['shop/web', 80, undefined],
      ['shop/web', 9000, undefined],
      ['any.shop.example', 80, 'edge/public'],
      ['unknown.example', 80, 'edge/public'],
      ['unknown.example', 80, undefined],
    ]);
  });

  it('come from every caller that a statement names, from each way to take part in a mesh, from a stranger and from outside', () => {
    const callers = new Set(all[0]!.asks.map(({ caller }) => JSON.stringify(caller)));
    const texts = [...callers].join('\n');
    expect(texts).toContain('"kind":"outside"');
    expect(texts).toContain('nowhere-else');
    expect(texts).toContain('"batch"');
    expect(texts).toContain('"namespace":"pay","name":"bot"');
    expect(texts).toContain('"namespace":"shop","name":"web"');
    expect(texts).toContain('"namespace":"shop","name":"bare"');
  });

  it('stand on both sides of every rule', () => {
    const requests = all[0]!.asks.map(({ request }) => request);
    const sights = requests.map(request => ({
      http: true,
      method: request.method,
      scheme: 'http',
      authority: 'web',
      path: request.path.split('?')[0] ?? '',
      query: undefined,
      headers: request.headers,
      port: 80,
      addresses: [],
      caller: { labels: {}, via: [] },
    }));
    const match = model.frontends[0]!.rules[0]!.match;
    expect(sights.some(sight => matches(match, sight))).toBe(true);
    expect(sights.some(sight => sight.path === '/one' && !matches(match, sight))).toBe(true);
    expect(sights.some(sight => sight.path !== '/one' && sight.headers.some(([, value]) => value === 'a'))).toBe(true);
  });

  it('are the same every time, and say how many were left out', () => {
    expect([...samples([model])]).toEqual(all);
    const [few] = [...samples([model], { perTarget: 10 })];
    expect(few!.asks).toHaveLength(10);
    expect(few!.left).toBe(all[0]!.asks.length + all[0]!.left - 10);
    expect(few!.asks).toEqual(all[0]!.asks.slice(0, 10));
  });

  it('take time in proportion to the number of services', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `s${index}`);
    const large = modelOf(
      { services: names.map(name => service(`shop/${name}`)), workloads: names.map(name => workload(`shop/${name}`)) },
      {
        frontends: names.map(name =>
          table(`shop/${name}`, [
            rule('a', { path: { kind: 'prefix', value: '/a' } }, forward(backendTo(`shop/${name}`)), {
              timeouts: { request: written(100) },
            }),
          ]),
        ),
        access: names.map(name =>
          policy(name, [accessRule('0', 'allow', [])], { scope: { namespaces: ['shop'], labels: { app: name } } }),
        ),
      },
    );
    const targets = [...samples([large], { perTarget: 20 })];
    expect(targets).toHaveLength(1001);
  });
});
