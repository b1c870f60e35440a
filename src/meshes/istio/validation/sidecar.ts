import type { Field } from '../../../base/field.ts';
import { tellDestination } from './destinations.ts';
import { isIp, isPort, isProtocol, isTlsProtocol, isUnixPath, tellPort } from './forms.ts';
import { tellExposedHost } from './gateway.ts';
import { tellServerTls } from './server-tls.ts';
import { tellSelector } from './targets.ts';
import type { KindRules, Tell } from './tell.ts';
import { tellConnectionPool } from './traffic-policy.ts';
import { tellPortName } from './workload.ts';

export const sidecar: KindRules = (spec, tell) => {
  tellSelector(spec.find('workloadSelector', 'labels'), tell);
  const [ingress, egress] = [spec.list('ingress'), spec.list('egress')];
  if (
    ingress.length + egress.length === 0 &&
    !spec.has('outboundTrafficPolicy') &&
    !spec.has('inboundConnectionPool')
  ) {
    tell('ISTIO904', spec, 'a Sidecar must set something');
  }
  tellUniquePorts(ingress, tell);
  for (const listener of ingress) tellIngress(listener, tell);
  tellUniquePorts(egress, tell);
  for (const [index, listener] of egress.entries()) {
    tellEgress(listener, tell);
    if (!listener.has('port') && index < egress.length - 1) {
      tell('ISTIO909', listener, 'the listener without a port takes the rest and comes last');
    }
  }
  tellConnectionPool(spec.at('inboundConnectionPool'), tell);
  tellOutbound(spec.at('outboundTrafficPolicy'), tell);
};

const tellUniquePorts = (listeners: readonly Field[], tell: Tell): void => {
  const seen = new Set<string>();
  for (const listener of listeners) {
    const port = listener.at('port');
    if (!port) continue;
    const number = port.number('number') ?? 0;
    const key = number === 0 ? (listener.text('bind') ?? '') : String(number);
    if (seen.has(key)) tell('ISTIO908', port, `two listeners have \`${key}\``);
    seen.add(key);
  }
};

/** The parts of a port that both directions have. */
const tellListenerPort = (port: Field, tell: Tell): void => {
  const target = port.at('targetPort');
  if (target && target.value !== 0) tell('ISTIO909', target, 'a listener of a Sidecar has no `targetPort`');
  const name = port.at('name');
  const text = name?.asText();
  if (name && text) tellPortName(text, name, tell);
  const protocol = port.at('protocol');
  const written = protocol?.asText();
  if (protocol && written && !isProtocol(written)) {
    tell('ISTIO903', protocol, `\`${written}\` is no protocol that Istio knows`);
  }
};

const tellAddress = (bind: Field | undefined, tell: Tell): void => {
  const text = bind?.asText();
  if (bind && text && !isIp(text)) tell('ISTIO907', bind, `\`${text}\` is no address`);
};

const tellIngress = (listener: Field, tell: Tell): void => {
  const port = listener.at('port');
  if (!port) return;
  tellListenerPort(port, tell);
  if (!port.has('number')) tell('ISTIO904', port, '`number` is required');
  tellPort(port.at('number'), tell);
  tellAddress(listener.at('bind'), tell);
  tellDefaultEndpoint(listener.at('defaultEndpoint'), tell);
  tellIngressTls(listener.at('tls'), port.text('protocol') ?? '', tell);
  tellConnectionPool(listener.at('connectionPool'), tell);
};

const tellDefaultEndpoint = (endpoint: Field | undefined, tell: Tell): void => {
  const text = endpoint?.asText();
  if (!endpoint || !text) return;
  const socket = text.startsWith('unix://') ? text.slice('unix://'.length) : undefined;
  const [, port] = /^(?:|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):(\d+)$/.exec(text) ?? [];
  if (socket === undefined ? isPort(Number(port)) : isUnixPath(socket)) return;
  tell('ISTIO907', endpoint, `\`${text}\` is neither a port of this workload, as in 127.0.0.1:8080, nor a socket`);
};

const tellIngressTls = (tls: Field | undefined, protocol: string, tell: Tell): void => {
  if (!tls) return;
  for (const name of ['subjectAltNames', 'httpsRedirect', 'credentialName', 'credentialNames', 'tlsCertificates']) {
    const field = tls.at(name);
    if (field && field.value !== false && field.value !== '') {
      tell('ISTIO909', field, `\`${name}\` is not possible for a listener of a Sidecar`);
    }
  }
  const mode = tls.at('mode');
  if (mode && ['ISTIO_MUTUAL', 'AUTO_PASSTHROUGH'].includes(mode.asText() ?? '')) {
    tell('ISTIO909', mode, `\`${mode.asText()}\` is not possible for a listener of a Sidecar`);
  }
  if (!isTlsProtocol(protocol)) tell('ISTIO909', tls, 'TLS is for ports with HTTPS or TLS');
  tellServerTls(tls, tell);
};

const tellEgress = (listener: Field, tell: Tell): void => {
  const port = listener.at('port');
  if (port) {
    tellListenerPort(port, tell);
    const bind = listener.at('bind');
    const socket = bind?.asText()?.startsWith('unix://') ? bind.asText()?.slice('unix://'.length) : undefined;
    if ((port.number('number') ?? 0) !== 0) {
      tellPort(port.at('number'), tell);
      tellAddress(bind, tell);
    } else if (socket === undefined || !isUnixPath(socket)) {
      tell('ISTIO907', bind ?? port, 'a listener without a port number binds to `unix://` and an absolute path');
    } else if (['IPTABLES'].includes(listener.text('captureMode') ?? '')) {
      tell('ISTIO909', listener, 'connections to a socket are not captured');
    }
  }
  const hosts = listener.list('hosts');
  if (listener.has('hosts') && hosts.length === 0) tell('ISTIO904', listener, 'at least one host is required');
  for (const host of hosts) tellExposedHost(host, tell, { atGateway: false, allowsNone: false });
};

const tellOutbound = (policy: Field | undefined, tell: Tell): void => {
  const proxy = policy?.at('egressProxy');
  if (!policy || !proxy) return;
  if (policy.text('mode') !== 'ALLOW_ANY') tell('ISTIO909', proxy, 'an egress proxy is for mode ALLOW_ANY');
  else if (!proxy.has('port')) tell('ISTIO904', proxy, '`port` is required');
  tellDestination(proxy, tell);
};
