import type { Field } from '../../../base/field.ts';
import { isPort, isStrictHeaderName, tellDuration } from './forms.ts';
import { tellSelector, tellTargets } from './targets.ts';
import type { KindRules, Tell } from './tell.ts';

export const peerAuthentication: KindRules = (spec, tell) => {
  const labels = spec.find('selector', 'matchLabels');
  tellSelector(labels, tell);
  const ports = spec.at('portLevelMtls');
  if (!ports) return;
  const members = ports.members();
  if (members.length > 0 && (labels?.members() ?? []).length === 0) {
    tell('ISTIO909', ports, 'ports differ between workloads, so `portLevelMtls` is for policies with a `selector`');
  }
  for (const [port, field] of members) {
    if (!/^\d+$/.test(port) || !isPort(Number(port))) tell('ISTIO907', field, `\`${port}\` is no port from 1 to 65535`);
  }
};

export const requestAuthentication: KindRules = (spec, tell) => {
  tellTargets(spec, tell);
  for (const rule of spec.list('jwtRules')) tellJwtRule(rule, tell);
};

const tellJwtRule = (rule: Field, tell: Tell): void => {
  const uris = ['jwksUri', 'jwks_uri'].flatMap(name => rule.at(name) ?? []);
  if (!rule.text('issuer') && uris.every(uri => uri.value === '')) {
    tell('ISTIO904', rule, 'one of `issuer` and `jwksUri` is required');
  }
  if (uris.length + (rule.has('jwks') ? 1 : 0) > 1) {
    tell('ISTIO905', rule, 'only one of `jwks` and `jwksUri` may be set');
  }
  for (const uri of uris) {
    const text = uri.asText() ?? '';
    if (text !== '' && !/^https?:\/\/[^\s\\]*$/i.test(text)) {
      tell('ISTIO907', uri, `\`${text}\` is no address of http or https`);
    }
  }
  tellKeys(rule.at('jwks'), tell);
  for (const copy of rule.list('outputClaimToHeaders')) {
    const header = copy.at('header');
    const name = header?.asText();
    if (header && name && !isStrictHeaderName(name)) tell('ISTIO907', header, `\`${name}\` is no name of a header`);
  }
  tellDuration(rule.at('timeout'), tell);
};

/** Keys are a JSON object: one key, or `keys` with several. */
const tellKeys = (keys: Field | undefined, tell: Tell): void => {
  const text = keys?.asText();
  if (!keys || !text) return;
  try {
    const parsed: unknown = JSON.parse(text);
    const isSet = typeof parsed === 'object' && parsed !== null && ('keys' in parsed || 'kty' in parsed);
    if (!isSet) tell('ISTIO907', keys, 'expected a JSON object with `keys`');
  } catch {
    tell('ISTIO907', keys, 'the keys are not JSON');
  }
};
