import { expect, it } from 'vitest';
import { requestOf } from '../../src/verify/request.ts';
import {
  backendTo,
  forward,
  header,
  modelOf,
  re2,
  rule,
  service,
  table,
  workload,
} from '../../src/verify/testing/model-builder.ts';
import { predict, type Verdict } from '../trial/trial.ts';
import { shownBy } from './shown-by.ts';

const names = ['shop/web', 'shop/api', 'shop/other'];

/** What has a header like `a+b` is led to another service; the rest stays. */
const model = modelOf(
  { services: names.map(name => service(name)), workloads: names.map(name => workload(name)) },
  {
    frontends: [
      table('shop/api', [
        rule('other', { headers: [header('x-one', re2('a+b'))] }, forward(backendTo('shop/other'))),
        rule('rest', {}, forward(backendTo('shop/api'))),
      ]),
    ],
  },
);

/** What was seen is what the model says. */
const seen = (value: string, by: string): Verdict => {
  const question = {
    caller: 'shop/web',
    service: 'shop/api',
    port: 80,
    anonymous: true,
    request: requestOf({ authority: 'api', headers: [['x-one', value]] }),
  } as const;
  const headers = [
    ['host', 'api'],
    ['x-one', value],
  ] as const;
  return {
    question,
    predicted: predict(model, question),
    observed: [
      {
        reply: { status: 200, ms: 1, headers: [] },
        by,
        hits: [{ id: '', pod: by, method: 'GET', path: '/', bodyBytes: 0, headers }],
      },
    ],
    differences: [],
  };
};

it('a value that has what an expression asks for in its middle shows that expressions take whole values', () => {
  const shows = shownBy(model)('api', [seen('aab', 'shop/other'), seen('xaab', 'shop/api'), seen('b', 'shop/api')]);
  expect(shows.map(all => all.includes('header-regex'))).toEqual([false, true, false]);
});

it('nothing is asked of errors in the tables of other names', () => {
  expect(shownBy(model)('web', [seen('xaab', 'shop/api')])).toEqual([[]]);
});
