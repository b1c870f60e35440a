import { ServiceDirectory } from '../model/directory.ts';
import type { Inventory, Workload } from '../model/inventory.ts';
import type { Model } from '../model/model.ts';
import { type Ask, type Caller, type Destination, namespaceOf, type Request } from '../verify/request.ts';
import { UserError } from './exit.ts';

export interface AskOptions {
  readonly from: string;
  readonly to: string;
  readonly method: string;
  readonly path: string;
  readonly header: readonly string[];
  readonly host?: string;
  readonly protocol: Request['protocol'];
  readonly scheme: Request['scheme'];
  readonly sni?: string;
  readonly claim?: readonly string[];
  readonly via?: string;
}

/** The question that a command line asks of a model. */
export const askOf = (options: AskOptions, model: Model): Ask => {
  const caller = callerOf(options.from, model);
  const authority = options.host ?? headerValue(options.header, 'host');
  const claims = options.claim?.map(pair => splitPair(pair, '--claim'));
  return {
    caller,
    to: destinationOf(options.to, caller, model.inventory),
    ...(options.via ? { via: gatewayOf(options.via, model.inventory) } : {}),
    request: {
      protocol: options.protocol,
      method: options.method,
      scheme: options.scheme,
      path: options.path.startsWith('/') || options.path === '*' ? options.path : `/${options.path}`,
      headers: options.header
        .map(pair => splitPair(pair, '--header'))
        .filter(([name]) => name.toLowerCase() !== 'host')
        .map(([name, value]) => [name.toLowerCase(), value] as const),
      ...(authority ? { authority } : {}),
      ...(options.sni ? { sni: options.sni } : {}),
      ...(claims
        ? {
            token: {
              issuer: String(Object.fromEntries(claims).iss ?? ''),
              audiences: [],
              claims: Object.fromEntries(claims),
              valid: true,
            },
          }
        : {}),
    },
  };
};

const splitPair = (pair: string, flag: string): readonly [string, string] => {
  const at = pair.search(/[=:]/);
  if (at <= 0) throw new UserError(`${flag} \`${pair}\`: expected name=value`);
  return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
};

const headerValue = (headers: readonly string[], name: string): string | undefined =>
  headers.map(pair => splitPair(pair, '--header')).find(([key]) => key.toLowerCase() === name)?.[1];

const callerOf = (from: string, { inventory, meshes }: Model): Caller => {
  if (from === 'outside') return { kind: 'outside' };
  const account = /^sa:([^/]+)\/([^/]+)$/.exec(from);
  if (account) {
    const [, namespace = '', name = ''] = account;
    const runs = inventory.workloads.find(w => w.namespace === namespace && w.serviceAccount === name);
    return runs ? workloadCaller(runs) : { kind: 'serviceAccount', namespace, name };
  }
  const [namespace, name] = from.split('/');
  if (!namespace || !name)
    throw new UserError(
      `--from \`${from}\`: expected NAMESPACE/WORKLOAD, sa:NAMESPACE/NAME, JOINED-MESH/NAME or outside`,
    );
  const workload = findWorkload(inventory, namespace, name);
  // What another mesh is called stands where a namespace of the input would.
  const joined = meshes.find(mesh => mesh.joined?.some(one => one.name === namespace));
  if (!workload && joined) return { kind: 'joined', mesh: joined.id, from: namespace, name };
  if (!workload)
    throw new UserError(
      `--from \`${from}\`: ${suggest(
        from,
        inventory.workloads.map(w => w.id),
        'workload',
      )}`,
    );
  return workloadCaller(workload);
};

/** By its name, or by that of a Service or a label `app` when only one workload has it. */
const findWorkload = (inventory: Inventory, namespace: string, name: string): Workload | undefined => {
  const here = inventory.workloads.filter(workload => workload.namespace === namespace);
  const exact = here.find(workload => workload.name === name);
  if (exact) return exact;
  const versions = here.filter(workload => workload.labels.app === name || workload.name.startsWith(`${name}-`));
  return versions.length > 0 ? versions[0] : undefined;
};

const workloadCaller = (workload: Workload): Caller => {
  const { namespace, name, labels, serviceAccount, memberships } = workload;
  return { kind: 'workload', namespace, name, labels, serviceAccount, memberships };
};

const destinationOf = (to: string, caller: Caller, inventory: Inventory): Destination => {
  const match = /^(.*?)(?::(\d+))?$/.exec(to);
  const [, host = to, portText] = match ?? [];
  const port = portText === undefined ? {} : { port: Number(portText) };
  const from = namespaceOf(caller);
  const service = new ServiceDirectory(inventory).findHost(host, from);
  return service ? { service: service.id, ...port } : { host, ...port };
};

const gatewayOf = (via: string, inventory: Inventory): string => {
  const gateway = inventory.gateways.find(({ id, name }) => id === via || name === via);
  if (!gateway)
    throw new UserError(
      `--via \`${via}\`: ${suggest(
        via,
        inventory.gateways.map(g => g.id),
        'gateway',
      )}`,
    );
  return gateway.id;
};

const suggest = (wanted: string, known: readonly string[], what: string): string => {
  if (known.length === 0) return `there is no ${what} in the input`;
  const near = known.filter(id => id.includes(wanted.split('/').pop() ?? wanted)).slice(0, 5);
  const list = (near.length > 0 ? near : known.slice(0, 8)).join(', ');
  return `no such ${what}; there ${known.length === 1 ? 'is' : 'are'} ${list}${known.length > 8 && near.length === 0 ? ', …' : ''}`;
};
