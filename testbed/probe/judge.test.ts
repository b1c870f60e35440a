import { expect, it } from 'vitest';
import type { Outcome } from '../../src/verify/outcome.ts';
import { requestOf } from '../../src/verify/request.ts';
import { differencesOf } from './judge.ts';
import type { Question } from './question.ts';

const outcome: Outcome = {
  decision: 'forwarded',
  backends: [{ service: 'shop/back', port: 80, endpoints: 'shop{app=back}', weight: 1 }],
  mirrors: [],
  encrypted: 'mtls',
};

const question = (more: Partial<Question> = {}): Question => ({
  caller: 'shop/client',
  service: 'shop/back',
  port: 80,
  anonymous: true,
  request: requestOf({ authority: 'back', headers: [['x-one', 'mine']] }),
  ...more,
});

type Headers = readonly (readonly [string, string])[];

const seen = (arrived: Headers, answered: Headers = []) => ({
  reply: { status: 200, ms: 1, headers: answered },
  by: 'shop/back',
  hits: [
    {
      id: '',
      pod: 'shop/back',
      method: 'GET',
      path: '/',
      bodyBytes: 0,
      headers: [['host', 'back'] as const, ...arrived],
    },
  ],
});

const judged = (arrived: Headers, answered?: Headers): readonly string[] =>
  differencesOf(outcome, question(), [seen(arrived, answered)], () => ['shop/back']);

it('a header of which nothing is predicted arrives as it was sent', () => {
  expect(judged([['x-one', 'mine']])).toEqual([]);
  expect(judged([['x-one', 'other']])).toEqual([expect.stringContaining('request header x-one')]);
  expect(judged([])).toEqual([expect.stringContaining('request header x-one')]);
});

it('a header that nobody has sent and nothing predicts is a difference, on both ways', () => {
  expect(
    judged([
      ['x-one', 'mine'],
      ['x-two', 'new'],
    ]),
  ).toEqual([expect.stringContaining('request header x-two')]);
  expect(judged([['x-one', 'mine']], [['x-two', 'new']])).toEqual([expect.stringContaining('response header x-two')]);
});

it('what proxies tell of themselves is no difference', () => {
  const told = [
    ['x-envoy-attempt-count', '1'],
    ['x-request-id', 'a'],
    ['x-forwarded-proto', 'http'],
  ] as const;
  expect(judged([['x-one', 'mine'], ...told], [['x-envoy-upstream-service-time', '1']])).toEqual([]);
});
