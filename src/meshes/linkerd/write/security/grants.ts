import { type Loss, refused } from '../../../../adapter/disposition.ts';
import { byKey } from '../../../../base/order.ts';
import type { AccessClause, AccessCondition, AccessRule, AccessValue } from '../../../../model/capabilities/access.ts';
import type { HeaderMatch, Match, PathMatch, TextMatch } from '../../../../model/match.ts';
import type { Network } from '../../access/grant.ts';
import { hostOfText, hostText } from '../../hostnames.ts';
import { httpMethods } from '../judge-match.ts';
import { toRust } from '../rust-regex.ts';
import { bothCallers, type CallerPattern, callersOf, type Realm } from './callers.ts';
import { pathOf } from './safe-path.ts';

/** Who may come in: both parts must hold; a part that is absent takes everyone. */
export interface Grant {
  readonly callers?: readonly CallerPattern[];
  readonly networks?: readonly Network[];
}

/** An allow clause in Linkerd's words. */
export interface WrittenClause {
  readonly rule: AccessRule;
  readonly grant: Grant;
  /** Any is enough; none: every request, and connections that are not HTTP. */
  readonly requests: readonly Match[];
  /** Whether it is for a container port. */
  readonly takesPort: (port: number) => boolean;
}

export interface Words {
  readonly realm: Realm;
  /** The mesh that the rules come from changes paths before it looks at them. */
  readonly normalizes: boolean;
}

/** More requests than this in one clause are not spelled out. */
const mostRequests = 64;

type Part = Partial<{
  callers: readonly CallerPattern[];
  networks: readonly Network[];
  paths: readonly (PathMatch | 'every')[];
  methods: readonly string[];
  hosts: readonly string[];
  header: readonly HeaderMatch[];
  takesPort: (port: number) => boolean;
}>;

/** The clauses of a rule that only allows; a loss for a rule with a part that has no words. */
export const clausesOf = (rule: AccessRule, words: Words): readonly WrittenClause[] | Loss => {
  const clauses: WrittenClause[] = [];
  for (const clause of rule.clauses) {
    const written = clauseOf(clause, words);
    if ('code' in written) return written;
    if (written.grant.callers?.length !== 0) clauses.push({ ...written, rule });
  }
  return clauses;
};

const clauseOf = (clause: AccessClause, words: Words): Omit<WrittenClause, 'rule'> | Loss => {
  let callers: readonly CallerPattern[] | undefined;
  let networks: readonly Network[] | undefined;
  let takesPort = (_port: number): boolean => true;
  let requests: readonly Match[] = clause.request ? [clause.request] : [];
  for (const condition of clause.conditions) {
    const part = partOf(condition, words);
    if ('code' in part) return part as Loss;
    if (part.callers) callers = callers ? bothCallers(callers, part.callers) : part.callers;
    if (part.networks) {
      if (networks) return lossOf('access-address', 'two conditions on addresses cannot be joined');
      networks = part.networks;
    }
    if (part.takesPort) {
      const [before, also] = [takesPort, part.takesPort];
      takesPort = port => before(port) && also(port);
    }
    const joined = narrowed(requests, part);
    if (!joined || joined.length > mostRequests)
      return lossOf('access-request', 'the conditions on requests are too many to spell out');
    requests = joined;
  }
  const grant: Grant = {
    ...(callers ? { callers: sortedOnce(callers) } : {}),
    ...(networks ? { networks: sortedOnce(networks) } : {}),
  };
  return { grant, requests, takesPort };
};

/** In one order, so that what was written is written the same again. */
const sortedOnce = <T>(items: readonly T[]): readonly T[] =>
  [...new Map(items.map(item => [JSON.stringify(item), item]))].sort(byKey(([key]) => key)).map(([, item]) => item);

const lossOf = (code: string, message: string, severity: Loss['severity'] = 'behaviour'): Loss =>
  refused(code, message, { severity }).loss;

/** Every request of before with every option of a part. */
const narrowed = (requests: readonly Match[], part: Part): readonly Match[] | undefined => {
  const options: Match[] | undefined = part.paths
    ? part.paths.map(path => ({ path: path === 'every' ? { kind: 'segmentPrefix', value: '' } : path }))
    : (part.methods?.map((value): Match => ({ method: { kind: 'exact', value } })) ??
      part.hosts?.map((host): Match => ({ authority: hostText(host) })) ??
      part.header?.map((header): Match => ({ headers: [header] })));
  if (!options) return requests;
  const before = requests.length > 0 ? requests : [{}];
  const joined = before.flatMap(one => options.map(option => joinMatches(one, option)));
  return joined.some(match => !match) ? undefined : joined.flatMap(match => match ?? []);
};

const isEvery = ({ path }: Match): boolean => path?.kind === 'segmentPrefix' && path.value === '';

/** Undefined where both look at one thing: a match has one path, one method, and one entry for each header. */
const joinMatches = (a: Match, b: Match): Match | undefined => {
  if (isEvery(b) && a.path) return a;
  if ((a.path && b.path && !isEvery(a)) || (a.method && b.method) || (a.authority && b.authority)) return undefined;
  const headers = [...(a.headers ?? []), ...(b.headers ?? [])];
  if (new Set(headers.map(({ name }) => name)).size < headers.length) return undefined;
  return { ...a, ...b, ...(headers.length > 0 ? { headers } : {}) };
};

const partOf = (condition: AccessCondition, words: Words): Part | Loss => {
  const { attribute, values, negated } = condition;
  if (attribute.startsWith('token.')) return lossOf('access-token', 'tokens are not looked at', 'security');
  if (attribute === 'peer.address') return networksOf(values, negated);
  if (attribute === 'destination.port') return portsOf(values, negated);
  if (negated || condition.whenAbsent === 'holds') {
    return lossOf(
      'access-negation',
      `a condition on ${attribute} that holds for what is not there has no form`,
      'security',
    );
  }
  if (attribute === 'peer.identity' || attribute === 'peer.namespace' || attribute === 'peer.trustDomain') {
    const callers = callersOf(condition, words.realm);
    return callers
      ? { callers }
      : lossOf('access-identity', 'identities are named whole, by namespace, or all of them');
  }
  if (attribute === 'request.path') return pathsOf(values, words);
  if (attribute === 'request.method') return methodsOf(values);
  if (attribute === 'request.host') return hostsOf(values);
  if (attribute.startsWith('request.header:')) return headersOf(attribute.slice('request.header:'.length), values);
  return lossOf(`access-${attribute.split(/[.:]/)[0]}`, `nothing looks at ${attribute}`);
};

const networksOf = (values: readonly AccessValue[], negated: boolean): Part | Loss => {
  const networks = values.map((value): Network | undefined => {
    if (value.kind === 'addresses')
      return { cidr: withMask(value.cidr), except: (value.except ?? []).map(withMask).sort() };
    return undefined;
  });
  if (networks.some(network => !network)) return lossOf('access-address', 'addresses are named by range');
  const known = networks.flatMap(network => network ?? []);
  if (!negated) return { networks: known };
  if (known.some(({ except }) => except.length > 0))
    return lossOf('access-address', 'exceptions to exceptions have no form', 'security');
  const outside = (all: string, isOf: (cidr: string) => boolean): Network => ({
    cidr: all,
    except: known.map(({ cidr }) => cidr).filter(isOf),
  });
  return { networks: [outside('0.0.0.0/0', cidr => !cidr.includes(':')), outside('::/0', cidr => cidr.includes(':'))] };
};

const withMask = (cidr: string): string => (cidr.includes('/') ? cidr : `${cidr}/${cidr.includes(':') ? 128 : 32}`);

const portsOf = (values: readonly AccessValue[], negated: boolean): Part | Loss => {
  const ports = values.map(value => {
    if (value.kind === 'port') return value.port;
    return value.kind === 'exact' && /^\d+$/.test(value.value) ? Number(value.value) : undefined;
  });
  if (ports.includes(undefined)) return lossOf('access-port', 'ports are named by number');
  return { takesPort: port => ports.includes(port) !== negated };
};

const pathsOf = (values: readonly AccessValue[], { normalizes }: Words): Part | Loss => {
  const paths = values.map(value => pathOf(value, normalizes));
  return paths.some(path => !path)
    ? lossOf('access-path', 'a path is named whole, by its beginning or its end')
    : { paths: paths.flatMap(path => path ?? []) };
};

const methodsOf = (values: readonly AccessValue[]): Part | Loss => {
  if (values.some(({ kind }) => kind === 'present')) return { paths: ['every'] };
  const methods = values.map(value =>
    value.kind === 'exact' && httpMethods.includes(value.value) ? value.value : undefined,
  );
  return methods.includes(undefined)
    ? lossOf('access-method', 'methods are named one by one, in capitals')
    : { methods: methods.flatMap(method => method ?? []) };
};

/** A host name of a route takes every port, which is more than a host that is named whole. */
const hostsOf = (values: readonly AccessValue[]): Part | Loss => {
  const hosts = values.map(value => (value.kind === 'regex' ? hostOfText(value) : undefined));
  return hosts.some(host => host === undefined)
    ? lossOf('access-host', 'a host would be taken with any port')
    : { hosts: hosts.flatMap(host => host ?? []) };
};

const headersOf = (name: string, values: readonly AccessValue[]): Part | Loss => {
  const matches = values.map(textOf);
  if (matches.some(match => !match)) return lossOf('access-header', `the values of header \`${name}\` have no form`);
  return {
    header: matches.flatMap(match =>
      match ? [{ name: name.toLowerCase(), match, inverted: false, missing: 'noMatch', repeated: 'any' } as const] : [],
    ),
  };
};

const textOf = (value: AccessValue): TextMatch | undefined => {
  if (
    value.kind === 'serviceAccount' ||
    value.kind === 'spiffe' ||
    value.kind === 'addresses' ||
    value.kind === 'pathTemplate' ||
    value.kind === 'port'
  ) {
    return undefined;
  }
  if (value.kind !== 'regex') return value;
  const regex = toRust(value.regex);
  return regex && { kind: 'regex', regex };
};
