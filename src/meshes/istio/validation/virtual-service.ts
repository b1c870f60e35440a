import type { Field } from '../../../base/field.ts';
import { metadataOf } from '../../../native/snapshot.ts';
import { tellWeighted } from './destinations.ts';
import { isDnsLabel, isHostName, isIp, isIpOrRange, isWildcardHost, tellLabels, tellPort } from './forms.ts';
import { tellHttpRoute } from './http-route.ts';
import { tellExportTo } from './targets.ts';
import type { KindRules, Tell } from './tell.ts';

/** VirtualServices without hosts are delegates: other VirtualServices take their HTTP routes in. */
export const virtualService: KindRules = (spec, tell, object) => {
  const isConverted = metadataOf(object).annotations['internal.istio.io/route-semantics'] === 'gateway';
  const hosts = spec.list('hosts').map(host => host.asText() ?? '');
  const isDelegate = hosts.length === 0;
  if (isDelegate) tellDelegate(spec, tell);
  const gateways = spec.list('gateways');
  const atGateway = gateways.length > 0 && !gateways.some(gateway => gateway.value === 'mesh');
  tellGateways(gateways, tell, isConverted);
  tellHosts(spec, tell, atGateway);
  tellExportTo(spec, tell, object);
  const routes = spec.list('http');
  if (routes.length + spec.list('tls').length + spec.list('tcp').length === 0) {
    tell('ISTIO904', spec, 'at least one rule under `http`, `tls` or `tcp` is required');
  }
  for (const route of routes) {
    tellHttpRoute(route, tell, { isDelegate, atGateway, anyBackend: isConverted });
    for (const match of route.list('match')) tellGateways(match.list('gateways'), tell);
  }
  for (const route of spec.list('tls')) tellTlsRoute(route, hosts, tell, atGateway, isConverted);
  for (const route of spec.list('tcp')) {
    if (route.list('route').length === 0) tell('ISTIO904', route, '`route` is required');
    for (const match of route.list('match')) tellL4Match(match, tell);
    tellWeighted(route, tell, isConverted);
  }
};

const tellDelegate = (spec: Field, tell: Tell): void => {
  for (const name of ['gateways', 'tls', 'tcp']) {
    const field = spec.at(name);
    if (field && spec.list(name).length > 0) {
      tell(
        'ISTIO909',
        field,
        `a VirtualService without hosts is a delegate, which has no \`${name}\``,
        'name its hosts',
      );
    }
  }
};

/** Gateways are named as `namespace/name`, as `name`, or as a full host name, the old way. */
const tellGateways = (gateways: readonly Field[], tell: Tell, anyName = false): void => {
  for (const gateway of gateways) {
    const text = gateway.asText() ?? '';
    const slash = text.indexOf('/');
    if (slash < 0) {
      if (!isHostName(text)) tell('ISTIO907', gateway, `\`${text}\` is no name of a Gateway`);
      // Istio looks no further than the first name of this kind.
      return;
    }
    const [namespace, name] = [text.slice(0, slash), text.slice(slash + 1)];
    if (!isDnsLabel(namespace)) tell('ISTIO907', gateway, `\`${namespace}\` is no name of a namespace`);
    if (name === '' || (!anyName && !isDnsLabel(name))) {
      tell('ISTIO907', gateway, `\`${name}\` is no name of a Gateway`);
    }
  }
};

const tellHosts = (spec: Field, tell: Tell, atGateway: boolean): void => {
  const hosts = spec.list('hosts');
  let areValid = true;
  for (const host of hosts) {
    const text = host.asText() ?? '';
    const isGenerated = atGateway && text.startsWith('outbound_');
    if (!isWildcardHost(text) && !isIp(text) && !isGenerated) {
      tell('ISTIO907', host, `\`${text}\` is neither a host name nor an address`);
      areValid = false;
    } else if (text === '*' && !atGateway) {
      tell('ISTIO909', host, '`*` is not allowed for sidecars', 'name the hosts, or bind the object to a Gateway');
      areValid = false;
    }
  }
  if (!areValid) return;
  const texts = hosts.map(host => host.asText() ?? '');
  for (const [index, host] of hosts.entries()) {
    const other = overlapOf(texts, index);
    if (other !== undefined) tell('ISTIO908', host, `\`${texts[index]}\` and \`${other}\` are hosts of one object`);
  }
};

/** An earlier host that shares requests with this one. Objects have few hosts, unless they are generated. */
const overlapOf = (hosts: readonly string[], index: number): string | undefined => {
  const host = hosts[index] ?? '';
  const wild = (text: string): boolean => text.startsWith('*');
  return hosts.slice(0, index).find(other => {
    if (!wild(other) && !wild(host)) return other === host;
    if (!wild(host)) return host.endsWith(other.slice(1));
    if (!wild(other)) return other.endsWith(host.slice(1));
    return host.endsWith(other.slice(1)) || other.endsWith(host.slice(1));
  });
};

const tellTlsRoute = (
  route: Field,
  hosts: readonly string[],
  tell: Tell,
  atGateway: boolean,
  isConverted: boolean,
): void => {
  const matches = route.list('match');
  if (route.has('match') && matches.length === 0) tell('ISTIO904', route, 'at least one match is required');
  if (route.list('route').length === 0) tell('ISTIO904', route, '`route` is required');
  for (const match of matches) {
    const names = match.list('sniHosts');
    if (match.has('sniHosts') && names.length === 0) tell('ISTIO904', match, 'at least one SNI host is required');
    for (const name of names) tellSniHost(name, hosts, tell, atGateway);
    tellL4Match(match, tell);
  }
  tellWeighted(route, tell, isConverted);
};

const tellSniHost = (name: Field, hosts: readonly string[], tell: Tell, atGateway: boolean): void => {
  const text = name.asText() ?? '';
  if (isIp(text)) return;
  if (!isWildcardHost(text) && !(atGateway && text.startsWith('outbound_'))) {
    tell('ISTIO907', name, `\`${text}\` is no host name`);
  } else if (!hosts.some(host => isWithin(text, host))) {
    tell('ISTIO909', name, `\`${text}\` is not within the hosts of the object: ${hosts.join(', ')}`);
  }
};

/** Whether every name that the first host stands for is one of the second. */
const isWithin = (inner: string, outer: string): boolean => {
  if (!outer.startsWith('*')) return inner === outer;
  if (inner.startsWith('*') && inner.length < outer.length) return false;
  return (inner.startsWith('*') ? inner.slice(1) : inner).endsWith(outer.slice(1));
};

const tellL4Match = (match: Field, tell: Tell): void => {
  for (const range of match.list('destinationSubnets')) {
    const text = range.asText() ?? '';
    if (!isIpOrRange(text)) tell('ISTIO907', range, `\`${text}\` is no address and no range of addresses`);
  }
  if (match.number('port') !== 0) tellPort(match.at('port'), tell);
  tellLabels(match.at('sourceLabels'), tell);
  tellGateways(match.list('gateways'), tell);
};
