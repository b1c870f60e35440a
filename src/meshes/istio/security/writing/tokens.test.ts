import { expect, it } from 'vitest';
import { istioBed } from '../../../../../test/support/istio-bed.ts';
import { objectsFrom } from '../../../../../test/support/snapshot.ts';
import { Snapshot } from '../../../../native/snapshot.ts';
import { adapter } from '../../adapter.ts';

const written = (yaml: string) => {
  const { model } = istioBed(yaml);
  const { objects } = adapter.write(model, { mesh: model.meshes[0]!, snapshot: new Snapshot(objectsFrom('')) });
  return objects.filter(({ kind }) => kind === 'RequestAuthentication');
};

const authentication = (rule: string, spec = 'selector: { matchLabels: { app: web } }'): string => `
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: tokens, namespace: shop }
spec: { ${spec}, jwtRules: [{ ${rule} }] }
`;

it('tokens are written with everything that was read of them', () => {
  const rule = `issuer: "https://issuer.example", audiences: [shop], jwksUri: "https://issuer.example/keys", timeout: 2s,
    fromHeaders: [{ name: x-token, prefix: "Token " }], fromParams: [token], fromCookies: [session],
    forwardOriginalToken: true, outputPayloadToHeader: x-payload,
    outputClaimToHeaders: [{ header: x-user, claim: sub }], spaceDelimitedClaims: [roles]`;
  const [object] = written(authentication(rule));
  expect(object?.metadata).toMatchObject({ name: 'tokens', namespace: 'shop' });
  expect(object?.spec).toEqual({
    selector: { matchLabels: { app: 'web' } },
    jwtRules: [
      {
        issuer: 'https://issuer.example',
        audiences: ['shop'],
        jwksUri: 'https://issuer.example/keys',
        fromHeaders: [{ name: 'x-token', prefix: 'Token ' }],
        fromParams: ['token'],
        fromCookies: ['session'],
        forwardOriginalToken: true,
        outputPayloadToHeader: 'x-payload',
        outputClaimToHeaders: [{ header: 'x-user', claim: 'sub' }],
        spaceDelimitedClaims: ['roles'],
        timeout: '2s',
      },
    ],
  });
});

it('keys that stand in the object stay in it, and claims that are always split are not named', () => {
  const [inline] = written(authentication('issuer: me, jwks: "{\\"keys\\":[]}", spaceDelimitedClaims: [scope]'));
  expect(inline?.spec).toMatchObject({ jwtRules: [{ issuer: 'me', jwks: '{"keys":[]}' }] });
  expect(JSON.stringify(inline)).not.toContain('spaceDelimitedClaims');
  const [discovered] = written(authentication('issuer: me'));
  expect(discovered?.spec).toEqual({ selector: { matchLabels: { app: 'web' } }, jwtRules: [{ issuer: 'me' }] });
});
