import { type Bed, type BedAsk, type BedCaller, istioBed } from './istio-bed.ts';

interface RoutesOptions {
  /** `namespace/name`. */
  readonly id?: string;
  readonly hosts?: string;
  /** Day of January 2026 on which it was made. */
  readonly day?: number;
  /** Further fields of `spec`, as flow entries. */
  readonly more?: string;
}

/** A VirtualService of namespace shop for the host `web`, or as the options say, with these elements of `http`. */
export const routes = (http: readonly string[], options: RoutesOptions = {}): string => {
  const { id = 'shop/routes', hosts = 'web', day, more } = options;
  const [namespace, name] = id.split('/');
  const created = day === undefined ? '' : `, creationTimestamp: "2026-01-${String(day).padStart(2, '0')}T00:00:00Z"`;
  const spec = [hosts && `hosts: [${hosts}]`, more, `http: [${http.join(', ')}]`].filter(Boolean).join(', ');
  return `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: ${namespace}${created} }
spec: { ${spec} }
`;
};

const destination = (to: string): string => {
  const [host, subset] = to.split(':');
  return `{ host: ${host}${subset ? `, subset: ${subset}` : ''} }`;
};

/** A rule that sends everything to `host` or `host:subset`. */
export const to = (where: string, more = ''): string =>
  `{ route: [{ destination: ${destination(where)} }]${more && `, ${more}`} }`;

/** A rule with one entry under `match`. */
export const when = (match: string, where: string, more = ''): string =>
  to(where, `match: [{ ${match} }]${more && `, ${more}`}`);

/** A rule by the path alone: `prefix /foo`, `exact /ex`, `regex /r+`. */
export const path = (uri: string, where = 'web', more = ''): string => {
  const [kind, ...text] = uri.split(' ');
  return when(`uri: { ${kind}: '${text.join(' ')}' }`, where, more);
};

/** Splits between destinations by weight, in the order given: `{ 'web:v1': 20, api: 30 }`. */
export const split = (shares: Readonly<Record<string, number | undefined>>, more = ''): string => {
  const list = Object.entries(shares).map(
    ([where, weight]) => `{ destination: ${destination(where)}${weight === undefined ? '' : `, weight: ${weight}`} }`,
  );
  return `{ route: [${list.join(', ')}]${more && `, ${more}`} }`;
};

/** The subsets `v1` and `v2` of `web`. */
export const subsetsOfWeb = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: shop }
spec:
  host: web
  subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }]
`;

/** Where a request ends: `web`, `web:v1`, `outside` of what the proxy knows, or the status that a proxy answers with. */
export type End = string | number;

export interface Ends {
  /** Where a request from `shop/client` to Service `web` ends; a text is its path. */
  end(ask?: BedAsk | string, from?: BedCaller): End;
  ends(asks: readonly (BedAsk | string)[]): readonly End[];
}

/** Where the requests of a bed end. */
export const endsIn = ({ explain }: Pick<Bed, 'explain'>): Ends => {
  const end = (ask: BedAsk | string = {}, from: BedCaller = 'shop/client'): End => {
    const { outcome, hops } = explain(from, typeof ask === 'string' ? { path: ask } : ask);
    if (outcome.decision !== 'forwarded') return outcome.status ?? outcome.decision;
    const isUnknown = hops.some(({ decisions }) => decisions.some(({ capability }) => capability === 'egress-default'));
    if (isUnknown) return 'outside';
    return outcome.backends
      .map(({ service, subset }) => `${service.replace('shop/', '')}${subset ? `:${subset}` : ''}`)
      .join('+');
  };
  return { end, ends: asks => asks.map(ask => end(ask)) };
};

/** The observed cluster with the subsets of `web` and these documents. */
export const routesBed = (...documents: readonly string[]): Bed & Ends => {
  const bed = istioBed([subsetsOfWeb, ...documents].join('---'));
  return { ...bed, ...endsIn(bed) };
};

/** A header that a request carries. */
export const header = (name: string, ...values: readonly string[]): BedAsk => ({
  headers: values.map(value => [name, value] as const),
});
