import type { Field } from '../../../base/field.ts';
import type { Source } from '../../../base/source.ts';
import { isDnsLabel, isHostName, isIp, isUnixPath, tellLabels, tellPort } from './forms.ts';
import type { KindRules, Tell } from './tell.ts';

interface WorkloadContext {
  /** The ports of the service it belongs to; absent for a WorkloadEntry, which belongs to any. */
  readonly ports?: ReadonlySet<string>;
  /** Its address may be a host name. */
  readonly allowsNames: boolean;
}

export const tellPortName = (name: string, at: Source, tell: Tell): void => {
  if (!isDnsLabel(name)) tell('ISTIO907', at, `\`${name}\` is no name of a port`);
};

export const workloadEntry: KindRules = (spec, tell) => tellWorkload(spec, tell, { allowsNames: true });

/** A workload outside Kubernetes, or an endpoint of a ServiceEntry. */
export const tellWorkload = (workload: Field, tell: Tell, { ports, allowsNames }: WorkloadContext): void => {
  const address = workload.text('address') ?? '';
  if (address === '' && !workload.text('network')) {
    tell('ISTIO904', workload, '`address` is required');
    return;
  }
  const at = workload.at('address') ?? workload;
  tellWorkloadPorts(workload, ports, tell);
  tellLabels(workload.at('labels'), tell);
  if (address.startsWith('unix://')) {
    if (!isUnixPath(address.slice('unix://'.length)))
      tell('ISTIO907', at, `\`${address}\` is no absolute path of a socket`);
    if (workload.entries('ports').length > 0) tell('ISTIO905', workload, 'a socket has no `ports`');
    if (ports && ports.size !== 1) tell('ISTIO909', at, 'a service with an endpoint that is a socket has one port');
  } else if (address !== '' && !isIp(address) && !(allowsNames && isHostName(address))) {
    tell('ISTIO907', at, `\`${address}\` is ${allowsNames ? 'neither an address nor a host name' : 'no address'}`);
  }
};

const tellWorkloadPorts = (workload: Field, known: ReadonlySet<string> | undefined, tell: Tell): void => {
  for (const [name, port] of workload.entries('ports')) {
    tellPortName(name, port, tell);
    tellPort(port, tell);
    if (known && !known.has(name)) tell('ISTIO909', port, `the service has no port called \`${name}\``);
  }
};

const checks = ['httpGet', 'tcpSocket', 'exec', 'grpc'];

export const workloadGroup: KindRules = (spec, tell) => {
  tellLabels(spec.find('metadata', 'labels'), tell);
  const template = spec.at('template');
  if (template?.text('address')) tellWorkload(template, tell, { allowsNames: true });
  const probe = spec.at('probe');
  if (!probe) return;
  if (!checks.some(name => probe.has(name))) tell('ISTIO904', probe, `one of \`${checks.join('`, `')}\` is required`);
  for (const name of checks) tellPort(probe.at(name)?.at('port'), tell);
  const scheme = probe.find('httpGet', 'scheme');
  const text = scheme?.asText();
  if (scheme && text && !['HTTP', 'HTTPS'].includes(text)) {
    tell('ISTIO903', scheme, `\`${text}\` is neither \`HTTP\` nor \`HTTPS\``);
  }
  for (const header of probe.at('httpGet')?.list('httpHeaders') ?? []) {
    const name = header.text('name') ?? '';
    if (!/^[-A-Za-z0-9]+$/.test(name)) tell('ISTIO907', header, `\`${name}\` is no name of a header`);
  }
  const command = probe.at('exec');
  if (command?.has('command') && command.list('command').length === 0)
    tell('ISTIO904', command, '`command` is required');
};
