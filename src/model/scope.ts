/** Which clients, servers and endpoints a statement is about. Every field narrows; a scope without fields is everyone. */

export type Labels = Readonly<Record<string, string>>;

/** The proxies on the sending side to which a route table or a destination setting applies. */
export interface ClientScope {
  /** Only clients whose proxy belongs to this mesh. */
  readonly mesh?: string;
  readonly namespaces?: readonly string[];
  /** Pod labels, all needed. */
  readonly labels?: Labels;
  /** Only this gateway, not workloads. */
  readonly gateway?: string;
}

/** The endpoints on the receiving side for which a rule or a mode is enforced. */
export interface ServerScope {
  readonly mesh?: string;
  readonly namespaces?: readonly string[];
  /** Labels of pods and machines, all needed. */
  readonly labels?: Labels;
  /** Only what runs in pods, or only machines outside the cluster; both if absent. */
  readonly only?: 'pods' | 'machines';
  /** Container ports, not service ports. */
  readonly ports?: readonly number[];
  /** Only requests that reach the endpoints through these services (at a waypoint). Service ids. */
  readonly services?: readonly string[];
  /** Only this gateway or waypoint. */
  readonly gateway?: string;
}

/** Whether a statement is also for machines (`true`) or for what runs in pods (`false`). */
export const isFor = ({ only }: Pick<ServerScope, 'only'>, isMachine: boolean): boolean =>
  only === undefined || (only === 'machines') === isMachine;

export const selects = (selector: Labels | undefined, labels: Labels): boolean => {
  if (!selector) return true;
  for (const key in selector) if (labels[key] !== selector[key]) return false;
  return true;
};

/** What is known of one endpoint besides its address. */
export interface EndpointDetail {
  readonly labels?: Labels;
  /** Its share beside the others'; 1 if absent. */
  readonly weight?: number;
  /** `region/zone/subzone`. */
  readonly locality?: string;
  readonly network?: string;
  readonly serviceAccount?: string;
  /** The port that it listens on, by the name of the service's port; the service's own target if absent. */
  readonly ports?: Readonly<Record<string, number>>;
}

/** A set of endpoints: what a service and subset name stand for. */
export type EndpointSet =
  | { readonly kind: 'pods'; readonly namespace: string; readonly labels: Labels }
  /**
   * Addresses or host names outside the pods that the inventory knows; `details` says what is known of each besides, in
   * the order of `addresses`. Without it nobody knows which of them a subset means.
   */
  | { readonly kind: 'addresses'; readonly addresses: readonly string[]; readonly details?: readonly EndpointDetail[] }
  /** The input names the service but does not hold it: all that is known is the name, and labels that narrow it. */
  | { readonly kind: 'named'; readonly name: string; readonly labels: Labels };

const labelText = (labels: Labels): string =>
  Object.keys(labels)
    .sort()
    .map(key => `${key}=${labels[key]}`)
    .join(',');

const detailText = ({ labels = {}, ...rest }: EndpointDetail): string => {
  const said = [...(Object.keys(labels).length > 0 ? [labelText(labels)] : []), ...partTexts(rest)];
  return said.length > 0 ? `{${said.join(';')}}` : '';
};

const partTexts = ({
  weight,
  locality,
  network,
  serviceAccount,
  ports = {},
}: Omit<EndpointDetail, 'labels'>): string[] =>
  Object.entries({ weight, locality, network, serviceAccount })
    .flatMap(([name, value]) => (value === undefined || (name === 'weight' && value === 1) ? [] : [`${name}:${value}`]))
    .concat(
      Object.keys(ports)
        .sort()
        .map(name => `port ${name}:${ports[name]}`),
    );

const texts = new WeakMap<EndpointSet, string>();

/** One text per endpoint set, equal exactly for equal sets: `shop{app=reviews,version=v2}`. */
export const endpointText = (endpoints: EndpointSet): string => {
  const known = texts.get(endpoints);
  if (known !== undefined) return known;
  const text = textOf(endpoints);
  texts.set(endpoints, text);
  return text;
};

const textOf = (endpoints: EndpointSet): string => {
  if (endpoints.kind === 'addresses') {
    const { addresses, details = [] } = endpoints;
    return addresses
      .map((address, index) => address + detailText(details[index] ?? {}))
      .sort()
      .join(',');
  }
  const where = endpoints.kind === 'pods' ? endpoints.namespace : endpoints.name;
  const labels = labelText(endpoints.labels);
  return endpoints.kind === 'named' && labels === '' ? where : `${where}{${labels}}`;
};
