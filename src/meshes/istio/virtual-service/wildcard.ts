import type { Protocol, Service } from '../../../model/inventory.ts';
import { hostMatches } from '../../../model/match.ts';

const ofRequests: readonly Protocol[] = ['http', 'http2', 'grpc', 'detect'];

/** The ports of a service on which proxies look into requests. */
export const httpPorts = ({ ports }: Service): number[] =>
  ports.filter(({ protocol }) => ofRequests.includes(protocol)).map(({ port }) => port);

/** The services that a wildcard takes: those of the cluster, and those outside that something defines. */
export const servicesMatching = (pattern: string, services: readonly Service[]): readonly Service[] =>
  services.filter(
    ({ hosts, external, evidence }) =>
      !(external && evidence === 'referenced') && hosts.some(host => hostMatches(pattern, host)),
  );
