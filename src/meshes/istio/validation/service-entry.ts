import type { Field } from '../../../base/field.ts';
import {
  isHostName,
  isHttpProtocol,
  isIpOrRange,
  isProtocol,
  isTlsProtocol,
  isWildcardHost,
  tellPort,
} from './forms.ts';
import { tellExportTo, tellSelector } from './targets.ts';
import type { KindRules, Tell } from './tell.ts';
import { tellPortName, tellWorkload } from './workload.ts';

export const serviceEntry: KindRules = (spec, tell, object) => {
  tellSelector(spec.find('workloadSelector', 'labels'), tell);
  if (spec.has('workloadSelector') && spec.has('endpoints')) {
    tell('ISTIO905', spec, 'only one of `workloadSelector` and `endpoints` may be set');
  }
  const resolution = spec.text('resolution') ?? 'NONE';
  tellHosts(spec, tell);
  tellAddresses(spec, resolution, tell);
  const ports = tellPorts(spec, tell);
  const endpoints = spec.list('endpoints');
  for (const endpoint of endpoints) tellWorkload(endpoint, tell, { ports, allowsNames: resolution !== 'STATIC' });
  tellResolution(spec, resolution, tell);
  tellExportTo(spec, tell, object);
};

const tellHosts = (spec: Field, tell: Tell): void => {
  const hosts = spec.list('hosts');
  if (spec.has('hosts') && hosts.length === 0) tell('ISTIO904', spec, 'at least one host is required');
  for (const host of hosts) {
    const text = host.asText() ?? '';
    if (text === '*') tell('ISTIO907', host, '`*` is no host of a service');
    else if (!isWildcardHost(text)) tell('ISTIO907', host, `\`${text}\` is no host name`);
  }
};

const tellAddresses = (spec: Field, resolution: string, tell: Tell): void => {
  for (const address of spec.list('addresses')) {
    const text = address.asText() ?? '';
    if (!isIpOrRange(text)) tell('ISTIO907', address, `\`${text}\` is no address and no range of addresses`);
    else if (text.includes('/') && resolution !== 'NONE' && resolution !== 'STATIC') {
      tell('ISTIO909', address, `a range of addresses is not possible with resolution ${resolution}`);
    }
  }
};

/** The names of the ports. */
const tellPorts = (spec: Field, tell: Tell): ReadonlySet<string> => {
  const [names, numbers] = [new Set<string>(), new Set<number>()];
  for (const port of spec.list('ports')) {
    const [name, number] = [port.text('name') ?? '', port.number('number') ?? 0];
    if (names.has(name)) tell('ISTIO908', port, `two ports are called \`${name}\``);
    if (numbers.has(number)) tell('ISTIO908', port, `two ports have the number ${number}`);
    names.add(name);
    numbers.add(number);
    tellPortName(name, port.at('name') ?? port, tell);
    tellPort(port.at('number'), tell);
    if (port.number('targetPort') !== 0) tellPort(port.at('targetPort'), tell);
    const protocol = port.at('protocol');
    const text = protocol?.asText();
    if (protocol && text && !isProtocol(text))
      tell('ISTIO903', protocol, `\`${text}\` is no protocol that Istio knows`);
  }
  return names;
};

const tellResolution = (spec: Field, resolution: string, tell: Tell): void => {
  const endpoints = spec.at('endpoints');
  const count = spec.list('endpoints').length;
  const hosts = spec.list('hosts');
  if (resolution === 'NONE' && endpoints && count > 0) {
    tell(
      'ISTIO909',
      endpoints,
      'resolution NONE sends requests where the caller meant them to go, and not to endpoints',
    );
  }
  if (resolution === 'DNS_ROUND_ROBIN' && endpoints && count > 1) {
    tell('ISTIO906', endpoints, 'resolution DNS_ROUND_ROBIN takes one endpoint at most');
  }
  if (resolution.startsWith('DNS') && count === 0) {
    const wild = hosts.find(host => !isHostName(host.asText() ?? ''));
    if (wild) tell('ISTIO909', wild, `\`${wild.asText() ?? ''}\` cannot be looked up`, 'name endpoints');
  }
  if (resolution === 'DYNAMIC_DNS') tellDynamic(spec, tell);
  if (resolution === 'NONE' || hosts.length < 2) return;
  const opaque = spec.list('ports').find(port => !speaksOfHosts(port.text('protocol') ?? ''));
  if (opaque) tell('ISTIO909', opaque, 'several hosts can be told apart with HTTP or TLS only');
};

const speaksOfHosts = (protocol: string): boolean => isHttpProtocol(protocol) || isTlsProtocol(protocol);

/** DYNAMIC_DNS looks up the host of each request, so that the hosts are wildcards. */
const tellDynamic = (spec: Field, tell: Tell): void => {
  for (const host of spec.list('hosts')) {
    if (!host.asText()?.startsWith('*')) tell('ISTIO909', host, 'resolution DYNAMIC_DNS is for wildcard hosts');
  }
  for (const name of ['addresses', 'endpoints']) {
    const field = spec.at(name);
    if (field && spec.list(name).length > 0) tell('ISTIO909', field, `resolution DYNAMIC_DNS takes no \`${name}\``);
  }
  for (const port of spec.list('ports')) {
    const protocol = port.text('protocol') ?? '';
    if (!/^(?:http|http2|grpc|tls)$/i.test(protocol)) {
      tell('ISTIO909', port.at('protocol') ?? port, 'resolution DYNAMIC_DNS is for HTTP, HTTP2, GRPC and TLS');
    }
  }
};
