/** A set of ports as annotations write it: numbers and ranges, separated by commas. */
export type PortSet = ReadonlySet<number>;

/** Ports that are opaque where nothing else is said (Helm `proxy.opaquePorts`, 2.20). */
export const defaultOpaquePorts = '25,587,3306,4444,5432,6379,9300,11211';

/**
 * Undefined for a text that the policy controller cannot parse; it then takes the empty set, not the default
 * (policy-controller `ports_annotation`, 2.20).
 */
export const parsePortSet = (text: string): PortSet | undefined => {
  const ports = new Set<number>();
  for (const part of text.split(',').map(one => one.trim())) {
    if (part === '') continue;
    const [first, last] = part.split('-').map(one => portNumber(one.trim()));
    const isRange = part.includes('-');
    if (first === undefined || (isRange && (last === undefined || last < first))) return undefined;
    for (let port = first; port <= (isRange ? last! : first); port++) ports.add(port);
  }
  return ports;
};

const portNumber = (text: string): number | undefined => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
};
