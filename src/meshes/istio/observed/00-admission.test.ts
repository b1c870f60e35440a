/** What the API server refuses, so that no request meets it: where a file holds it all the same, `check` says so. */
import { describe, expect, it } from 'vitest';
import { routes, split, to } from '../../../../test/support/istio-routes.ts';
import { snapshotFrom } from '../../../../test/support/snapshot.ts';
import { validate } from '../validate.ts';

/** The errors about a VirtualService, as `code path`. */
const refused = (...documents: Parameters<typeof routes>): string[] =>
  validate(snapshotFrom(routes(...documents)))
    .filter(({ severity }) => severity === 'error')
    .map(({ code, path }) => `${code} ${path}`);

describe('what is refused before it acts', () => {
  it('a VirtualService that is not refused says nothing', () => {
    expect(refused([to('web')])).toEqual([]);
  });

  it('2.6 the host `*` for sidecars', () => {
    expect(refused([to('web')], { hosts: '"*"' })).toEqual(['ISTIO909 spec.hosts[0]']);
    expect(refused([to('web')], { hosts: '"*"', more: 'gateways: [edge]' })).toEqual([]);
  });

  it('4.2 several destinations of which none has a weight', () => {
    expect(refused([split({ web: undefined, api: undefined })])).toEqual(['ISTIO906 spec.http[0].route']);
  });

  it('6.6 conditions or a timeout of retries without attempts', () => {
    expect(refused([to('web', 'retries: { retryOn: 5xx }')])).toHaveLength(1);
    expect(refused([to('web', 'retries: { perTryTimeout: 1s }')])).toHaveLength(1);
    expect(refused([to('web', 'retries: {}')])).toEqual([]);
  });

  it('8.5 a fault beside a redirect or a direct response', () => {
    const fault = 'fault: { abort: { httpStatus: 503, percentage: { value: 100 } } }';
    expect(refused([`{ ${fault}, redirect: { uri: / } }`])).toHaveLength(1);
    expect(refused([`{ ${fault}, directResponse: { status: 200 } }`])).toHaveLength(1);
  });
});
