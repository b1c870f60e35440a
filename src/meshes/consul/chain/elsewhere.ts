/** A service of another datacenter, peer or partition: a host that Consul's DNS knows, and the input does not. */
export const elsewhereHost = (service: string, subset: string | undefined, place: string): string =>
  `${subset === undefined ? '' : `${subset}.`}${service}.virtual.${place}.consul`;
