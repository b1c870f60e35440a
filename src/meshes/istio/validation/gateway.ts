import type { Field } from '../../../base/field.ts';
import { metadataOf } from '../../../native/snapshot.ts';
import {
  isDnsLabel,
  isHttpProtocol,
  isIp,
  isProtocol,
  isTlsProtocol,
  isUnixPath,
  isWildcardHost,
  tellPort,
} from './forms.ts';
import { tellServerTls } from './server-tls.ts';
import type { KindRules, Tell } from './tell.ts';

export const gateway: KindRules = (spec, tell, object) => {
  const isConverted = metadataOf(object).annotations['internal.istio.io/gateway-semantics'] === 'gateway';
  if (!isConverted && !isDnsLabel(object.ref.name)) {
    tell('ISTIO907', { object: object.ref, path: 'metadata.name' }, `\`${object.ref.name}\` is no name of a Gateway`);
  }
  const servers = spec.list('servers');
  if (servers.length === 0) tell('ISTIO904', spec, 'at least one server is required');
  const names = new Set<string>();
  for (const server of servers) {
    tellServer(server, tell, isConverted);
    const name = server.find('port', 'name');
    const text = name?.asText();
    if (name && text !== undefined) {
      if (names.has(text)) tell('ISTIO908', name, `two servers have a port called \`${text}\``);
      names.add(text);
    }
  }
};

const tellServer = (server: Field, tell: Tell, isConverted: boolean): void => {
  if (server.has('hosts') && server.list('hosts').length === 0)
    tell('ISTIO904', server, 'at least one host is required');
  for (const host of server.list('hosts')) tellExposedHost(host, tell, { atGateway: true, allowsNone: isConverted });
  const port = server.at('port');
  const bind = server.text('bind') ?? '';
  const isSocket = bind.startsWith('unix://');
  const number = port?.number('number') ?? 0;
  if (!isSocket || number > 0) tellPort(port?.at('number'), tell);
  if (port && port.at('name')?.value === '') tell('ISTIO904', port, 'the name of a port may not be empty');
  const target = port?.at('targetPort');
  if (target && target.value !== 0) tell('ISTIO909', target, 'a server listens where its port says');
  tellBind(server.at('bind'), number, tell);
  tellServerTls(server.at('tls'), tell);
  const protocol = port?.at('protocol');
  const text = protocol?.asText();
  if (!protocol || text === undefined) return;
  if (!isProtocol(text)) tell('ISTIO903', protocol, `\`${text}\` is no protocol that Istio knows`);
  else tellTlsOfPort(server, text, tell);
};

const tellTlsOfPort = (server: Field, protocol: string, tell: Tell): void => {
  const tls = server.at('tls');
  if (isTlsProtocol(protocol) && !tls) tell('ISTIO904', server, `\`tls\` is required for ${protocol}`);
  if (isTlsProtocol(protocol) || !tls) return;
  const certificates = ['caCertificates', 'privateKey', 'serverCertificate'].some(name => tls.text(name));
  // The one thing that TLS settings may do at a port without TLS: send clients to https.
  const isRedirect = ['PASSTHROUGH', undefined].includes(tls.text('mode')) && !certificates;
  if (!(isHttpProtocol(protocol) && isRedirect)) tell('ISTIO909', tls, `a port for ${protocol} has no TLS`);
};

const tellBind = (bind: Field | undefined, port: number, tell: Tell): void => {
  const text = bind?.asText();
  if (!bind || !text) return;
  if (!text.startsWith('unix://')) {
    if (!isIp(text)) tell('ISTIO907', bind, `\`${text}\` is no address`);
    return;
  }
  if (!isUnixPath(text.slice('unix://'.length))) tell('ISTIO907', bind, `\`${text}\` is no absolute path of a socket`);
  if (port !== 0) tell('ISTIO905', bind, 'a socket has no port number');
};

/** `namespace/host` of a Gateway or a Sidecar; a Gateway may leave out the namespace. */
export const tellExposedHost = (
  field: Field,
  tell: Tell,
  { atGateway, allowsNone }: { readonly atGateway: boolean; readonly allowsNone: boolean },
): void => {
  const text = field.asText() ?? '';
  const slash = text.indexOf('/');
  if (slash < 0 && !atGateway) {
    tell('ISTIO907', field, `\`${text}\` is not of the form namespace/host`);
    return;
  }
  const host = text.slice(slash + 1);
  if (slash >= 0) {
    const written = text.slice(0, slash);
    const namespace = atGateway ? written : written.replace(/^~/, '');
    const isNone = written === '~' && (allowsNone || !atGateway);
    if (!['*', '.'].includes(namespace) && !isNone && !isDnsLabel(namespace)) {
      tell('ISTIO907', field, `\`${written}\` is neither \`*\`, \`.\` nor the name of a namespace`);
    }
  }
  if (host !== '*' && !host.includes('.') && !(atGateway && isIp(host))) {
    tell('ISTIO907', field, `\`${host}\` is a short name`, 'write the full host name');
  } else if (!isWildcardHost(host) && !(atGateway && isIp(host))) {
    tell('ISTIO907', field, `\`${host}\` is no host name`);
  } else if (host.includes('*') && host !== '*' && !host.startsWith('*.')) {
    tell('ISTIO907', field, `in \`${host}\` only a whole first label may be a wildcard`);
  }
};
