import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { access, Place, shop, timeout } from './supergloo.ts';

const place = new Place();
const files = ['-f', 'shop.yaml', '-f', 'policies'];
beforeAll(() => {
  place.write('shop.yaml', shop);
  place.write('policies/timeout.yaml', timeout(2));
  place.write('policies/access.yaml', access('Allow'));
  place.run(['init']);
  place.run(['apply', ...files, '--mesh', 'istio']);
});
afterAll(() => place.remove());

describe('get', () => {
  it('prints the columns of the definition of the kind, with defaults', () => {
    expect(place.run(['get', 'trafficpolicies']).out).toMatch(
      /^NAMESPACE +NAME +TARGET +ACCEPTED +APPLIED +AGE\nshop +reviews +reviews +True +Applied +\d+[smhd]\n$/,
    );
    expect(place.run(['get', 'ap', '-n', 'shop', '-o', 'wide']).out).toMatch(
      /^NAME +ACTION +.*MESHES\nreviews +Allow .* istio applied\n$/,
    );
  });

  it('prints what can be applied again, and says nothing of its own in it', () => {
    const { out } = place.run(['get', 'tp', 'reviews', '-o', 'yaml']);
    expect(out).not.toMatch(/resourceVersion|managedFields|status|creationTimestamp/);
    expect(place.run(['apply', '-f', '-', '--mesh', 'istio'], out).out).toContain(
      'unchanged TrafficPolicy shop/reviews',
    );
    expect(place.run(['get', 'tp', 'reviews', '-o', 'yaml', '--show-managed']).out).toMatch(/managedFields/);
  });

  it('prints names, and what a template asks for', () => {
    expect(place.run(['get', 'all', '-o', 'name']).out).toBe(
      'accesspolicies.supergloo.dev/reviews\ntrafficpolicies.supergloo.dev/reviews\n',
    );
    expect(place.run(['get', 'virtualservice/reviews', '-o', 'jsonpath={.spec.http[0].timeout}']).out).toBe('2s');
  });

  it('prints one document', () => {
    expect(place.document(['get', 'httproutes'])).toEqual({
      apiVersion: 'cli.supergloo.dev/v1',
      kind: 'Objects',
      items: [],
      findings: [],
      code: 0,
    });
  });

  it('looks into files instead, and finds the store from a folder below', () => {
    expect(place.run(['get', 'tp', '-f', 'policies', '-o', 'name']).out).toContain('/reviews');
    place.write('deep/down/empty.yaml', '');
    const store = { SUPERGLOO_STORE: place.folder };
    expect(place.run(['get', 'tp', '-o', 'name'], '', store).out).toContain('/reviews');
  });

  it('says what there is where a name or a kind is not', () => {
    expect(place.run(['get', 'tp', 'rviews'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is shop/reviews'),
    });
    expect(place.run(['get', 'trafic'])).toMatchObject({ code: 2, err: expect.stringContaining('TrafficPolicy') });
    expect(place.run(['get', 'tp', '--store', 'nowhere'])).toMatchObject({ code: 1 });
  });
});

describe('describe', () => {
  it('shows conditions, what became of each field, and what is written because of it', () => {
    const { code, out } = place.run(['describe', 'tp', 'reviews', '--mesh', 'istio']);
    expect(code).toBe(0);
    expect(out).toMatch(/Accepted +True +Accepted/);
    expect(out).toMatch(/in istio\/istio-system: applied\n +applied +spec\.timeouts\.request/);
    expect(out).toMatch(/written because of it\n +VirtualService shop\/reviews +networking\.istio\.io\/v1 +istio/);
    expect(out).not.toContain('AuthorizationPolicy');
  });
});

describe('diff', () => {
  it('shows what apply would change, and ends with 0 where that is nothing', () => {
    expect(place.run(['diff', ...files, '--mesh', 'istio'])).toMatchObject({
      code: 0,
      out: '0 to create, 0 to change, 0 to delete, 8 unchanged\n',
    });
    place.write('policies/timeout.yaml', timeout(3));
    const { code, out } = place.run(['diff', ...files, '--mesh', 'istio']);
    expect(code).toBe(3);
    expect(out).toMatch(/^~ TrafficPolicy shop\/reviews/m);
    expect(out).toMatch(/^ {4}- {4}timeout: "2s"\n {4}\+ {4}timeout: "3s"$/m);
    place.write('policies/timeout.yaml', timeout(2));
  });
});

describe('a saved plan', () => {
  it('is carried out as it is, once', () => {
    place.write('policies/timeout.yaml', timeout(4));
    place.run(['plan', ...files, '--mesh', 'istio', '--out', 'plan.json']);
    expect(place.run(['apply', 'plan.json'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/2 changed, 0 deleted/),
    });
    const again = place.run(['apply', 'plan.json']);
    expect(again.code).toBe(1);
    expect(again.err).toContain('the plan is stale');
  });

  it('is refused when a file has changed since, which is named', () => {
    place.run(['plan', ...files, '--mesh', 'istio', '--to', 'out', '--out', 'plan.json']);
    place.write('policies/timeout.yaml', timeout(5));
    place.write('policies/new.yaml', '# new\n');
    const { code, err } = place.run(['apply', 'plan.json']);
    expect(code).toBe(1);
    expect(err).toMatch(/stale: .*policies\/new\.yaml is new, .*policies\/timeout\.yaml has changed/);
  });

  it('is refused when somebody edited it', () => {
    const out = place.run(['plan', ...files, '--mesh', 'istio', '--to', 'out', '--out', 'plan.json', '-o', 'json']).out;
    expect(out).toContain('"timeout": "5s"');
    const saved = place.read('plan.json').replaceAll('"timeout": "5s"', '"timeout": "50s"');
    place.write('plan.json', saved);
    expect(place.run(['apply', 'plan.json'])).toMatchObject({ code: 1, err: expect.stringContaining('other steps') });
  });
});

describe('what nobody named a mesh for this time', () => {
  it('is not taken away', () => {
    const { out } = place.run(['apply', ...files]);
    expect(out).toContain('VirtualService shop/reviews: not deleted, no mesh that it could be for is seen or named');
    expect(place.run(['get', 'virtualservices', '-o', 'name']).out).toContain('/reviews');
  });
});
