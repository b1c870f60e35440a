import type { Field } from '../../../base/field.ts';
import { isIpOrRange } from './forms.ts';
import { tellTargets } from './targets.ts';
import type { KindRules, Tell } from './tell.ts';

/** What an external authorizer is asked without: whether it is asked does not depend on who calls. */
const identities = ['Namespaces', 'ServiceAccounts', 'TrustDomains', 'Principals', 'RequestPrincipals'].flatMap(
  name => [name.charAt(0).toLowerCase() + name.slice(1), `not${name}`],
);

export const authorizationPolicy: KindRules = (spec, tell) => {
  tellTargets(spec, tell);
  const action = spec.text('action') ?? 'ALLOW';
  const provider = spec.at('provider');
  if (action === 'CUSTOM' && spec.has('rules') && !provider?.text('name')) {
    tell('ISTIO904', provider ?? spec, 'the name of a provider is required for CUSTOM');
  }
  if (provider && action !== 'CUSTOM') tell('ISTIO909', provider, `\`provider\` is for CUSTOM, not for ${action}`);
  if ((action === 'DENY' || action === 'CUSTOM') && !spec.has('rules')) {
    tell('ISTIO904', spec, `${action} without rules never acts`, 'write `rules: [{}]` to act on every request');
  }
  for (const rule of spec.list('rules')) {
    tellSources(rule, action, tell);
    tellOperations(rule, tell);
    for (const condition of rule.list('when')) tellCondition(condition, action, tell);
  }
};

const tellEmptyList = (rule: Field, name: string, tell: Tell): void => {
  const list = rule.at(name);
  if (list && rule.list(name).length === 0) tell('ISTIO904', list, `\`${name}\` may not be empty`);
};

const saysNothing = (field: Field): boolean =>
  field.members().every(([, list]) => Array.isArray(list.value) && list.value.length === 0);

const tellEmptyTexts = (holder: Field, tell: Tell): void => {
  for (const [, list] of holder.members()) {
    for (const item of Array.isArray(list.value) ? list.items() : []) {
      if (item.value === '') tell('ISTIO907', item, 'an empty text matches nothing');
    }
  }
};

const tellSources = (rule: Field, action: string, tell: Tell): void => {
  tellEmptyList(rule, 'from', tell);
  for (const from of rule.list('from')) {
    const source = from.at('source');
    if (!source) {
      tell('ISTIO904', from, '`source` is required');
      continue;
    }
    if (saysNothing(source)) tell('ISTIO904', source, 'a source must say something');
    tellEmptyTexts(source, tell);
    const has = (name: string): boolean => source.list(name).length > 0;
    const who = ['principals', 'notPrincipals', 'namespaces', 'notNamespaces'].filter(has);
    const accounts = ['serviceAccounts', 'notServiceAccounts'].filter(has);
    if (who.length > 0 && accounts.length > 0) {
      tell('ISTIO905', source, `\`${accounts.join('`, `')}\` and \`${who.join('`, `')}\` exclude each other`);
    }
    for (const name of action === 'CUSTOM' ? identities.filter(has) : []) {
      tell('ISTIO909', source.at(name) ?? source, `\`${name}\` is not possible with CUSTOM`);
    }
    for (const name of ['ipBlocks', 'notIpBlocks', 'remoteIpBlocks', 'notRemoteIpBlocks'])
      tellIps(source.list(name), tell);
    for (const name of accounts) tellAccounts(source.list(name), tell);
    for (const name of ['trustDomains', 'notTrustDomains']) tellTrustDomains(source.list(name), tell);
  }
};

const tellIps = (texts: readonly Field[], tell: Tell): void => {
  for (const text of texts) {
    const block = text.asText() ?? '';
    if (block !== '' && !isIpOrRange(block))
      tell('ISTIO907', text, `\`${block}\` is no address and no range of addresses`);
  }
};

const tellAccounts = (texts: readonly Field[], tell: Tell): void => {
  for (const text of texts) {
    const account = text.asText() ?? '';
    if (account.includes('*')) tell('ISTIO907', text, 'service accounts are compared without wildcards');
    else if (!/^[^/]+(?:\/[^/]+)?$/.test(account) || account.length > 320) {
      tell('ISTIO907', text, `\`${account}\` is neither an account nor namespace/account`);
    }
  }
};

const tellTrustDomains = (texts: readonly Field[], tell: Tell): void => {
  for (const text of texts) {
    const domain = text.asText() ?? '';
    const inside = domain.replace(/^\*/, '').replace(/\*$/, '');
    const stars = domain.split('*').length - 1;
    if (domain.includes('/') || inside.includes('*') || stars > 1) {
      tell('ISTIO907', text, `\`${domain}\` is no trust domain; a wildcard may stand at one end`);
    }
  }
};

const tellOperations = (rule: Field, tell: Tell): void => {
  tellEmptyList(rule, 'to', tell);
  for (const to of rule.list('to')) {
    const operation = to.at('operation');
    if (!operation) {
      tell('ISTIO904', to, '`operation` is required');
      continue;
    }
    if (saysNothing(operation)) tell('ISTIO904', operation, 'an operation must say something');
    tellEmptyTexts(operation, tell);
    for (const name of ['ports', 'notPorts']) tellPorts(operation.list(name), tell);
    for (const name of ['paths', 'notPaths']) {
      for (const path of operation.list(name)) tellPath(path, tell);
    }
  }
};

const tellPorts = (texts: readonly Field[], tell: Tell): void => {
  for (const text of texts) {
    const port = text.asText() ?? '';
    if (port !== '' && !(/^\d+$/.test(port) && Number(port) <= 65535)) tell('ISTIO907', text, `\`${port}\` is no port`);
  }
};

/** Paths may hold `{*}` for one segment and, at the end of what is templated, `{**}` for any number. */
const tellPath = (path: Field, tell: Tell): void => {
  const text = path.asText() ?? '';
  const isTemplate = text.includes('{*}') || text.includes('{**}');
  let isOpen = true;
  for (const segment of text.replace(/^\/+|\/+$/g, '').split('/')) {
    const isWildcard = segment === '{*}' || segment === '{**}';
    if (isWildcard && !isOpen) tell('ISTIO907', path, 'nothing variable may follow `{**}`');
    else if (!isWildcard && /[{}]/.test(segment)) tell('ISTIO907', path, `\`${segment}\` is no template of a segment`);
    else if (!isWildcard && isTemplate && !/^[-a-zA-Z0-9._~%!$&'()+,;:@=]+$/.test(segment)) {
      tell('ISTIO907', path, `\`${segment}\` cannot stand beside a template`);
    }
    if (segment === '{**}') isOpen = false;
  }
};

/** Whether the values of an attribute have the form it demands; by the name of the attribute. */
const attributes: Readonly<Record<string, (values: readonly Field[], tell: Tell) => void>> = {
  'source.ip': tellIps,
  'remote.ip': tellIps,
  'source.namespace': () => {},
  'source.serviceAccount': tellAccounts,
  'source.principal': () => {},
  'source.trustDomain': tellTrustDomains,
  'request.auth.principal': () => {},
  'request.auth.audiences': () => {},
  'request.auth.presenter': () => {},
  'destination.ip': tellIps,
  'destination.port': tellPorts,
  'connection.sni': () => {},
};

const keyed = ['request.headers', 'request.auth.claims', 'experimental.envoy.filters.'];
const withoutCustom = /^(?:source\.(?:namespace|serviceAccount|trustDomain|principal)$|request\.auth\.)/;

const tellCondition = (condition: Field, action: string, tell: Tell): void => {
  const key = condition.text('key') ?? '';
  const at = condition.at('key') ?? condition;
  const values = [...condition.list('values'), ...condition.list('notValues')];
  if (key === '') {
    if (condition.has('key')) tell('ISTIO904', at, '`key` may not be empty');
    return;
  }
  if (values.length === 0) tell('ISTIO904', condition, 'one of `values` and `notValues` is required');
  for (const value of values) if (value.value === '') tell('ISTIO907', value, 'an empty text matches nothing');
  if (action === 'CUSTOM' && withoutCustom.test(key)) tell('ISTIO909', at, `\`${key}\` is not possible with CUSTOM`);
  const check = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
  if (check) check(values, tell);
  else if (!keyed.some(prefix => key.startsWith(prefix))) tell('ISTIO903', at, `Istio knows no attribute \`${key}\``);
  else if (!/^[^[]+\[.+\]$/.test(key))
    tell('ISTIO907', at, `\`${key}\` needs a name in brackets, as in request.headers[x]`);
};
