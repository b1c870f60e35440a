import { capabilityOf } from '../../../src/adapter/capability-of.ts';
import type { AccessPolicy } from '../../../src/model/capabilities/access.ts';
import type { Action, Frontend, Rule } from '../../../src/model/frontend.ts';
import type { HeaderMatch, Match, PathMatch } from '../../../src/model/match.ts';
import type { Wishes } from './model.ts';

/** What a sample has of the things that samples must have: capabilities, kinds of matches, and ways to combine them. */
export const traitsOf = (wishes: Wishes): ReadonlySet<string> => {
  const { frontends = [], destinations = [], access = [], inventory = {}, joined } = wishes;
  const traits = new Set<string>([
    ...frontends.flatMap(tableTraits),
    ...destinations.flatMap(settings => [
      ...(settings.loadBalancing ? [capabilityOf.balancing(settings.loadBalancing)] : []),
      ...(settings.locality ? ['locality'] : []),
      ...(settings.tls ? ['upstream-tls'] : []),
      ...(settings.retryBudget ? ['retry-budget'] : []),
      ...Object.keys(settings.connectionLimits ?? {}).map(() => capabilityOf.connectionLimit()),
      ...Object.keys(settings.outlierDetection ?? {}).map(capabilityOf.outlier),
    ]),
    ...access.flatMap(({ rules }) => rules.map(capabilityOf.accessRule)),
    ...access.flatMap(({ rules }) =>
      rules.flatMap(({ clauses }) =>
        clauses.flatMap(({ conditions }) =>
          conditions.flatMap(({ attribute, negated }) => [
            capabilityOf.accessAttribute(attribute),
            ...(negated ? ['negation'] : []),
          ]),
        ),
      ),
    ),
    ...(wishes.encryption?.length ? ['encryption-mode'] : []),
    ...(wishes.requestAuthentication?.length ? ['access-token'] : []),
    ...(wishes.rateLimits?.length ? ['rate-limit'] : []),
    ...(wishes.visibility?.length || wishes.exposures?.length ? ['visibility'] : []),
    ...(wishes.egress?.length ? ['egress-default'] : []),
    ...(wishes.telemetry?.length ? ['telemetry'] : []),
    ...(wishes.opaque?.length ? ['not-understood'] : []),
    ...(inventory.services?.length ? ['egress-hosts'] : []),
    ...(inventory.workloads?.length ? ['machine'] : []),
    ...(inventory.gateways?.length ? ['gateway'] : []),
    ...(joined ? ['joined mesh', ...(joined.missing ? ['joined mesh, something missing'] : [])] : []),
    ...(inventory.services?.some(({ joinedWith }) => joinedWith !== undefined) ? ['service in a joined mesh'] : []),
    ...(joined && frontends.some(({ clients }) => clients.gateway === joined.gateway)
      ? ['table for joined callers']
      : []),
    ...(joined && access.some(namesTheirs) ? ['joined callers named'] : []),
  ]);
  if (hasSharedHost(frontends)) traits.add('several tables for one host');
  return traits;
};

const namesTheirs = ({ rules }: AccessPolicy): boolean =>
  rules.some(({ clauses }) => clauses.some(({ conditions }) => JSON.stringify(conditions).includes('/svc/')));

const hasSharedHost = (frontends: readonly Frontend[]): boolean => {
  const names = frontends.map(({ listens }) => (listens.kind === 'service' ? listens.service : listens.hosts.join()));
  return new Set(names).size < names.length;
};

const tableTraits = ({ listens, protocol, rules }: Frontend): readonly string[] => [
  'authority-match',
  ...(rules.length > 1 ? ['first-match-order'] : []),
  ...(protocol === 'grpc' ? ['grpc-match'] : []),
  ...(protocol === 'tcp' ? ['tcp-route'] : []),
  ...(protocol === 'tls' ? ['tls-route'] : []),
  ...(protocol === 'tls' && listens.kind === 'listener' ? ['TLS passed on by a gateway'] : []),
  ...(listens.kind !== 'service' && listens.hosts.length > 1 ? ['several hosts'] : []),
  ...rules.flatMap(({ match }) => matchTraits(match)),
  ...rules.flatMap(({ action }) => actionTraits(action)),
  ...(overlaps(rules) ? ['overlap'] : []),
];

const matchTraits = (match: Match): readonly string[] => [
  ...(match.path ? [capabilityOf.path(match.path), `path ${match.path.kind}`] : []),
  ...(match.method ? ['method-match'] : []),
  ...(match.scheme ? ['scheme-match'] : []),
  ...(match.headers ?? []).flatMap(header => [
    capabilityOf.header(header),
    `header ${header.match.kind}`,
    ...(header.inverted ? ['negation'] : []),
  ]),
  ...(match.query ?? []).flatMap(query => ['query-match', `query ${query.match.kind}`]),
  ...(match.claims ? ['claim-match'] : []),
  ...(match.caller ? ['caller-match'] : []),
  ...(match.addresses ? ['tcp-route'] : []),
];

const actionTraits = (action: Action): readonly string[] => [
  ...targetTraits(action),
  ...Object.keys(action.timeouts ?? {}).map(capabilityOf.timeout),
  ...(action.retries ? ['retry-count', 'retry-conditions'] : []),
  ...(action.retries?.backoff ? ['retry-backoff'] : []),
  ...(action.retries?.budget ? ['retry-budget'] : []),
  ...(action.fault?.delay ? ['fault-delay'] : []),
  ...(action.fault?.abort ? ['fault-abort'] : []),
  ...(action.mirrors ? ['mirror'] : []),
  ...(action.cors ? ['cors'] : []),
  ...(action.requestHeaders || action.responseHeaders ? ['header-edits'] : []),
  ...(action.rewrite?.host === undefined ? [] : ['rewrite-host']),
  ...(action.rewrite?.path ? [capabilityOf.rewrite(action.rewrite.path)] : []),
];

const targetTraits = ({ target }: Action): readonly string[] => {
  if (target.kind === 'redirect') return ['redirect'];
  if (target.kind === 'respond') return ['direct-response'];
  return [
    ...(target.backends.length > 1 ? ['weighted-split'] : []),
    ...(target.backends.some(({ backend }) => backend.kind === 'service' && backend.subset) ? ['subset'] : []),
  ];
};

/** Two rules with different matches that surely take one request: then their order matters. */
const overlaps = (rules: readonly Rule[]): boolean =>
  rules.some((a, index) => rules.slice(index + 1).some(b => a.action !== b.action && meet(a.match, b.match)));

const meet = (a: Match, b: Match): boolean =>
  pathsMeet(a.path, b.path) &&
  JSON.stringify(a.method ?? b.method) === JSON.stringify(b.method ?? a.method) &&
  headersMeet(a.headers ?? [], b.headers ?? []) &&
  !a.scheme &&
  !b.scheme &&
  !a.caller &&
  !b.caller &&
  !a.port &&
  !b.port;

const pathsMeet = (a: PathMatch | undefined, b: PathMatch | undefined): boolean => {
  if (!a || !b) return true;
  if (a.kind === 'regex' || b.kind === 'regex') return false;
  return a.value.startsWith(b.value) || b.value.startsWith(a.value);
};

const headersMeet = (a: readonly HeaderMatch[], b: readonly HeaderMatch[]): boolean =>
  a.every(one => b.every(other => one.name !== other.name || JSON.stringify(one) === JSON.stringify(other)));
