import { byAll, byText, unique } from '../../../base/order.ts';
import { hostMatches, hostRank } from '../../../model/match.ts';
import type { VirtualService } from '../virtual-service/virtual-service.ts';
import type { NativeGateway } from './gateways.ts';
import type { Server } from './servers.ts';

/** A VirtualService on a server, for the hosts that the two have in common. */
export interface Bound {
  readonly vs: VirtualService;
  readonly gateway: NativeGateway;
  readonly hosts: readonly string[];
}

/**
 * The VirtualServices on a server, in the order in which the pods of the gateway see them: those for their namespace
 * alone, those shown to it, public ones; the older first. A server may be for VirtualServices of one namespace only
 * (observed, row 17.7).
 */
export const boundTo = (
  gateway: NativeGateway,
  server: Server,
  virtualServices: readonly VirtualService[],
  clusterDomain: string,
): Bound[] =>
  virtualServices
    .filter(vs => vs.gateways.includes(gateway.id) && vs.hosts.length > 0 && isVisible(vs, gateway.pods.namespace))
    .map((vs, age) => ({ vs, age, rank: rankFor(vs, gateway.pods.namespace) }))
    .sort(
      byAll(
        (a, b) => a.rank - b.rank,
        (a, b) => a.age - b.age,
      ),
    )
    .flatMap(({ vs }) => {
      const hosts = commonHosts(
        server.hosts.filter(({ namespace }) => namespace === undefined || namespace === vs.namespace).map(h => h.host),
        vs.hosts.map(host => fullHost(host, vs.namespace, clusterDomain)),
      );
      return hosts.length > 0 ? [{ vs, gateway, hosts }] : [];
    });

const isOwn = (vs: VirtualService, name: string, namespace: string): boolean =>
  name === namespace || (name === '.' && vs.namespace === namespace);

const isVisible = (vs: VirtualService, namespace: string): boolean =>
  vs.exportTo.length === 0 || vs.exportTo.some(name => name === '*' || isOwn(vs, name, namespace));

const rankFor = (vs: VirtualService, namespace: string): number => {
  if (vs.exportTo.length === 0 || vs.exportTo.includes('*')) return 2;
  return vs.namespace === namespace ? 0 : 1;
};

/** A single word is a service of the VirtualService's namespace; a gateway answers to the full name only (row 17.3). */
export const fullHost = (host: string, namespace: string, clusterDomain: string): string => {
  const isWord = !host.includes('.') && !host.startsWith('*');
  return (isWord ? `${host}.${namespace}.svc.${clusterDomain}` : host).toLowerCase();
};

/** Of two hosts that overlap, the more specific one (observed, row 17.6). */
export const commonHosts = (server: readonly string[], own: readonly string[]): string[] =>
  unique(
    own.flatMap(host =>
      server.flatMap(other => {
        if (other === host || hostMatches(other, host)) return [host];
        return hostMatches(host, other) ? [other] : [];
      }),
    ),
  );

/** Exact hosts before patterns, longer patterns first; exact hosts stay in the order in which they are written. */
export const bySpecificity = (a: string, b: string): number => {
  const [isPattern, other] = [a.startsWith('*'), b.startsWith('*')];
  return isPattern && other ? hostRank(b) - hostRank(a) || byText(a, b) : Number(isPattern) - Number(other);
};
