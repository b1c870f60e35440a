import { expect, it } from 'vitest';
import { requestOf } from '../../src/verify/request.ts';
import { forward, rule } from '../../src/verify/testing/model-builder.ts';
import { routes, shop, toVersion } from '../../src/verify/testing/shop.ts';
import { asked } from './questions.ts';

it('a prediction tells every capability that decided something, for probes count for all of them', () => {
  const model = shop(routes(rule('all', {}, forward(toVersion(1, 'v1'), toVersion(1, 'v2')))));
  const question = { caller: 'shop/client', service: 'shop/web', port: 80, request: requestOf() };
  const { predicted, requestClass } = asked(model, question);
  const capabilities = predicted.hops.flatMap(({ decisions }) => decisions.map(({ capability }) => capability));
  expect(capabilities).toEqual(expect.arrayContaining(['route', 'weighted-split', 'encryption-mode', 'access']));
  expect(requestClass).toContain('shop/client 80');
});
