import type { EntryField } from '../entry-field.ts';
import { everyone } from '../intentions/intention.ts';
import { tellEdits, tellMethods, tellPath, tellValues } from './requests.ts';
import { type EntryRules, oneOf, saidOf, type Tell } from './tell.ts';

/** agent/structs/config_entry_discoverychain.go, 1.21; the rows in observed/00-admission.test.ts. */
export const serviceRouter: EntryRules = (spec, tell) => {
  for (const route of spec.list('routes')) {
    const http = route.find('match', 'http');
    if (http) {
      tellPath(http, tell);
      tellMethods(http, tell);
      tellValues(http, 'header', ['present', 'exact', 'prefix', 'suffix', 'regex'], tell);
      tellValues(http, 'queryParam', ['present', 'exact', 'regex'], tell);
    }
    const destination = route.at('destination');
    tellEdits(destination, tell);
    const rewrite = destination?.text('prefixRewrite');
    const at = destination?.at('prefixRewrite');
    if (rewrite === undefined || !at) continue;
    const isByPath = http && saidOf(http, ['pathExact', 'pathPrefix']).length > 0;
    if (!isByPath) tell('refused', at, 'only an exact path or a prefix is replaced');
    if (!rewrite.startsWith('/')) tell('broken', at, 'the new path begins without a slash: every request gets 400');
  }
};

export const serviceSplitter: EntryRules = (spec, tell, name) => {
  const splits = spec.list('splits');
  if (splits.length === 0) tell('refused', spec, 'no share is written');
  const targets = new Set<string>();
  let sum = 0;
  for (const split of splits) {
    tellEdits(split, tell);
    const weight = split.number('weight') ?? 0;
    const scaled = Math.round(weight * 100);
    sum += scaled;
    const at = split.at('weight') ?? split;
    if (weight > 100) tell('broken', at, 'a share above 100 is refused by Envoy');
    if (weight > 0 && scaled === 0) tell('otherwise', at, 'a share below a hundredth of a percent is none');
    const target = ['service', 'serviceSubset', 'namespace', 'partition']
      .map(key => split.text(key) ?? (key === 'service' ? name : ''))
      .join('/');
    if (targets.has(target)) tell('refused', split, 'two shares lead to one end');
    targets.add(target);
  }
  if (splits.length > 0 && sum !== 10_000)
    tell('refused', spec.at('splits') ?? spec, `the shares come to ${sum / 100}, and not to 100`);
};

const subsetName = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

export const serviceResolver: EntryRules = (spec, tell) => {
  const subsets = new Set(spec.entries('subsets').map(([key]) => key));
  for (const [key, field] of spec.entries('subsets')) {
    if (!subsetName.test(key) || key.length > 63) tell('refused', field, `\`${key}\` is no name of a subset`);
  }
  const usual = spec.text('defaultSubset');
  if (usual !== undefined && !subsets.has(usual))
    tell('refused', spec.at('defaultSubset') ?? spec, `there is no subset \`${usual}\``);
  const redirect = spec.at('redirect');
  if (redirect) tellRedirect(redirect, spec, tell);
  for (const [key, field] of spec.entries('failover')) tellFailover(key, field, subsets, tell);
  for (const key of ['connectTimeout', 'requestTimeout']) {
    if ((spec.durationMs(key) ?? 0) < 0) tell('refused', spec.at(key) ?? spec, `\`${key}\` is below zero`);
  }
  tellBalancing(spec.at('loadBalancer'), tell);
};

const tellRedirect = (redirect: EntryField, spec: EntryField, tell: Tell): void => {
  if (spec.at('failover')) tell('refused', redirect, '`redirect` and `failover` exclude each other');
  const said = saidOf(redirect, [
    'service',
    'serviceSubset',
    'namespace',
    'partition',
    'datacenter',
    'peer',
    'samenessGroup',
  ]);
  if (said.length === 0) tell('refused', redirect, 'it leads nowhere else');
  if (!said.includes('service') && saidOf(redirect, ['serviceSubset', 'namespace', 'partition', 'peer']).length > 0)
    tell('refused', redirect, 'it names no service');
  const apart = saidOf(redirect, ['peer', 'datacenter', 'partition']);
  if (said.includes('peer') && (apart.length > 1 || said.includes('serviceSubset')))
    tell('refused', redirect, 'a peer excludes a subset, a datacenter and a partition');
};

const tellFailover = (key: string, field: EntryField, subsets: ReadonlySet<string>, tell: Tell): void => {
  if (key !== everyone && !subsets.has(key)) tell('refused', field, `there is no subset \`${key}\``);
  const said = saidOf(field, ['service', 'serviceSubset', 'namespace', 'targets', 'samenessGroup', 'datacenters']);
  if (said.length === 0) tell('refused', field, 'nothing stands in');
  const beside = said.filter(one => one === 'datacenters' || one === 'service' || one === 'serviceSubset');
  if (said.includes('targets') && beside.length > 0)
    tell('refused', field, `\`targets\` and ${oneOf(beside)} exclude each other`);
  for (const target of field.list('targets')) {
    const apart = saidOf(target, ['serviceSubset', 'partition', 'datacenter']);
    if (target.text('peer') !== undefined && apart.length > 0)
      tell('refused', target, `\`peer\` and ${oneOf(apart)} exclude each other`);
  }
};

const tellBalancing = (field: EntryField | undefined, tell: Tell): void => {
  const policy = field?.text('policy') ?? '';
  const policies = field?.list('hashPolicies') ?? [];
  const isHashing = policy === 'ring_hash' || policy === 'maglev';
  if (field && policies.length > 0 && !isHashing)
    tell('refused', field.at('hashPolicies') ?? field, 'only ring_hash and maglev hash');
  if (field?.at('ringHashConfig') && policy !== 'ring_hash')
    tell('refused', field.at('ringHashConfig') ?? field, 'the policy is another one');
  if (field?.at('leastRequestConfig') && policy !== 'least_request')
    tell('refused', field.at('leastRequestConfig') ?? field, 'the policy is another one');
  for (const one of policies) {
    const kind = one.text('field');
    const value = one.text('fieldValue');
    if (one.boolean('sourceIP') && (kind !== undefined || value !== undefined))
      tell('refused', one, '`sourceIP` stands alone');
    if (kind !== undefined && value === undefined) tell('refused', one, `nothing says which ${kind}`);
    if (kind === undefined && value !== undefined) tell('refused', one, 'nothing says what is hashed');
    const cookie = one.at('cookieConfig');
    if (cookie && kind !== 'cookie') tell('refused', cookie, 'it is no cookie that is hashed');
    if (cookie?.boolean('session') && (cookie.durationMs('ttl') ?? 0) > 0)
      tell('refused', cookie, 'a cookie of the session has no time to live');
  }
};
