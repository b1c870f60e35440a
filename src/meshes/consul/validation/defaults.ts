import type { EntryField } from '../entry-field.ts';
import { everyone } from '../intentions/intention.ts';
import type { EntryRules, Tell } from './tell.ts';

const protocols = ['tcp', 'http', 'http2', 'grpc'];

/** agent/structs/config_entry.go, 1.21; the rows in observed/00-admission.test.ts. */
export const serviceDefaults: EntryRules = (spec, tell, name) => {
  if (name === everyone) tell('refused', spec, 'defaults are for one service; those of all proxies are ProxyDefaults');
  tellProtocol(spec, tell);
  tellMode(spec, tell);
  const timeout = spec.number('localRequestTimeoutMs');
  if (timeout !== undefined && timeout <= 0)
    tell(
      'otherwise',
      spec.at('localRequestTimeoutMs') ?? spec,
      'it is dropped, and 15 s stay: write `local_request_timeout_ms: 0` into the ProxyDefaults',
    );
  if (spec.find('rateLimits', 'instanceLevel'))
    tell('enterprise', spec.at('rateLimits') ?? spec, 'limits of rates belong to the Enterprise edition');
  const upstreams = spec.at('upstreamConfig');
  const destination = spec.at('destination');
  if (upstreams && destination) tell('refused', destination, '`upstreamConfig` and `destination` exclude each other');
  tellUpstream(upstreams?.at('defaults'), tell);
  for (const override of upstreams?.list('overrides') ?? []) {
    const target = override.text('name');
    if (target === undefined || target === everyone) tell('refused', override, 'an override names a service');
    tellUpstream(override, tell);
  }
  if (destination) tellDestination(destination, tell);
};

const tellProtocol = (field: EntryField, tell: Tell): void => {
  const protocol = field.text('protocol');
  if (protocol !== undefined && !protocols.includes(protocol.toLowerCase()))
    tell('refused', field.at('protocol') ?? field, `\`${protocol}\` is none of ${protocols.join(', ')}`);
};

const tellMode = (field: EntryField, tell: Tell): void => {
  const mode = field.text('mutualTLSMode');
  if (mode !== undefined && mode !== 'strict' && mode !== 'permissive')
    tell('refused', field.at('mutualTLSMode') ?? field, 'a mode is `strict` or `permissive`');
};

const tellUpstream = (field: EntryField | undefined, tell: Tell): void => {
  const limits = field?.at('limits');
  for (const key of ['maxConnections', 'maxPendingRequests', 'maxConcurrentRequests']) {
    const value = limits?.number(key);
    if (!limits || value === undefined) continue;
    if (value < 0) tell('refused', limits.at(key) ?? limits, 'a limit is not below zero');
    if (value === 0) tell('otherwise', limits.at(key) ?? limits, 'zero lets nothing through; it is not "no limit"');
  }
  const health = field?.at('passiveHealthCheck');
  for (const key of ['enforcingConsecutive5xx', 'maxEjectionPercent']) {
    const value = health?.number(key);
    if (health && value !== undefined && (value < 0 || value > 100))
      tell('refused', health.at(key) ?? health, 'a percentage is from 0 to 100');
  }
  for (const key of ['interval', 'baseEjectionTime']) {
    if (health && (health.durationMs(key) ?? 0) < 0)
      tell('refused', health.at(key) ?? health, 'a time is not below zero');
  }
};

/** Addresses are whole; a star is none. */
const tellDestination = (field: EntryField, tell: Tell): void => {
  const addresses = field.list('addresses');
  if (addresses.length === 0) tell('refused', field, 'no address is written');
  const seen = new Set<string>();
  for (const address of addresses) {
    const text = address.field.asText() ?? '';
    if (text.includes('*')) tell('refused', address, `\`${text}\` is no address`);
    if (seen.has(text)) tell('refused', address, `\`${text}\` is there twice`);
    seen.add(text);
  }
  const port = field.number('port') ?? 0;
  if (port < 1 || port > 65_535) tell('refused', field.at('port') ?? field, 'a port is from 1 to 65535');
};

export const proxyDefaults: EntryRules = (spec, tell, name) => {
  if (name !== 'global') tell('refused', spec, 'the defaults of all proxies are called `global`');
  tellMode(spec, tell);
  const config = spec.at('config');
  if (config) tellProtocol(config, tell);
};

/** Extensions that Consul knows (agent/envoyextensions/registered_extensions.go, 1.21; row 5.20). */
const extensions = new Set([
  'builtin/aws/lambda',
  'builtin/ext-authz',
  'builtin/lua',
  'builtin/otel-access-logging',
  'builtin/property-override',
  'builtin/wasm',
]);

export const tellExtensions = (spec: EntryField, tell: Tell): void => {
  for (const extension of spec.list('envoyExtensions')) {
    const name = extension.text('name');
    if (name === undefined || !extensions.has(name))
      tell('refused', extension, `\`${name ?? ''}\` is no extension that Consul knows`);
    if (name === 'builtin/ext-authz')
      tell('otherwise', extension, 'while the authorizer is down everyone is let in, also where it is required');
  }
};
