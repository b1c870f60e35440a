import type { AccessClause, AccessPolicy, AccessRule, AccessValue } from '../../../../model/capabilities/access.ts';
import type { PathNormalization } from '../../../../model/mesh.ts';
import { report } from '../../reading.ts';
import { isHttpAttribute } from '../access-clauses.ts';
import { conditionsOf } from './identities.ts';
import { looksLikeGateway, type Scene } from './scene.ts';

/** Spellings of a path that normalisation leaves apart, and that many applications take for the same. */
const spellings = (path: string, isWhole: boolean, normalization: PathNormalization): string[] => [
  ...(normalization === 'none' ? [`/.${path}`] : []),
  ...(normalization === 'none' || normalization === 'base' ? [`/${path}`] : []),
  ...(normalization === 'decodeAndMergeSlashes' ? [] : [`/%2f${path.slice(1)}`]),
  ...(isWhole && !path.endsWith('/') ? [`${path}/`] : []),
];

const takes = (value: AccessValue, path: string): boolean => {
  if (value.kind === 'present') return true;
  if (value.kind === 'exact') return path === value.value;
  if (value.kind === 'prefix') return path.startsWith(value.value);
  return value.kind === 'suffix' ? path.endsWith(value.value) : false;
};

/**
 * A rule that denies a path, or allows all but a path, lets other spellings of it through (observed, rows 14.7, 18.3,
 * 18.4): those that no value of the same policy takes.
 */
export const pathTraps = ({ reading }: Scene, policy: AccessPolicy): void => {
  const { pathNormalization } = reading.config;
  const conditions = policy.rules.flatMap(rule =>
    conditionsOf(rule).filter(
      ({ attribute, negated }) =>
        attribute === 'request.path' && ((rule.effect === 'deny' && !negated) || (rule.effect === 'allow' && negated)),
    ),
  );
  const all = conditions.flatMap(({ values }) => values);
  for (const { values, source } of conditions) {
    const through = values.flatMap(value => {
      if ((value.kind !== 'exact' && value.kind !== 'prefix') || !/^\/[^/]/.test(value.value)) return [];
      return spellings(value.value, value.kind === 'exact', pathNormalization);
    });
    const open = through.filter(path => !all.some(value => takes(value, path)));
    if (open.length === 0 || !source) continue;
    const shown = open.slice(0, 3).map(path => `\`${path}\``);
    const more = open.length > shown.length ? ` and ${open.length - shown.length} more` : '';
    const taken = open.length === 1 ? 'is taken for another path' : 'are taken for other paths';
    report(reading, 'ISTIO204', source, `${shown.join(', ')}${more} ${taken}`);
  }
};

/** A sidecar takes the last X-Forwarded-For for the client's address, a gateway does not (rows 13b.8, 18.5, 19.3). */
export const forwardedTraps = (scene: Scene, policy: AccessPolicy, rule: AccessRule): void => {
  const condition = conditionsOf(rule).find(({ attribute }) => attribute === 'client.address');
  if (!condition?.source || rule.effect === 'audit') return;
  const servers = scene.servers(policy.scope);
  const believing = servers.filter(server => !scene.gatewayOf(server) && !looksLikeGateway(server));
  if (believing.length === 0) return;
  const message = 'the address is what the caller writes into X-Forwarded-For';
  report(scene.reading, 'ISTIO207', condition.source, message);
};

/** Without a RequestAuthentication no request has a principal (observed, row 14.16). */
export const tokenTraps = (scene: Scene, policy: AccessPolicy, rule: AccessRule): void => {
  if (rule.effect !== 'allow') return;
  const condition = conditionsOf(rule).find(({ attribute, negated }) => attribute.startsWith('token.') && !negated);
  if (!condition?.source) return;
  const isWhole = scene.reading.snapshot.extent === 'whole';
  const servers = scene.servers(policy.scope).filter(({ workload }) => workload || isWhole);
  const [blind] = servers.filter(server => !scene.verifiesTokens(server));
  if (!blind) return;
  const who = blind.workload ? `\`${blind.workload.id}\`` : 'the workloads it covers';
  report(scene.reading, 'ISTIO209', condition.source, `no RequestAuthentication covers ${who}`);
};

/** Whether a clause can be about a container port. */
const reaches = ({ conditions }: AccessClause, port: number): boolean =>
  conditions.every(({ attribute, values, negated }) => {
    if (attribute !== 'destination.port') return true;
    return values.some(value => value.kind === 'port' && value.port === port) !== negated;
  });

/** On a TCP port the HTTP conditions of a DENY rule are left out, and what remains takes more (observed, row 14.13). */
export const tcpTraps = (scene: Scene, policy: AccessPolicy, rule: AccessRule): void => {
  if (rule.effect !== 'deny') return;
  const http = rule.clauses.filter(({ conditions }) => conditions.some(({ attribute }) => isHttpAttribute(attribute)));
  if (http.length === 0) return;
  for (const workload of scene.members(policy.scope)) {
    if (scene.modeOf(workload) === 'ambient') continue;
    const closed = scene
      .portsTo(workload)
      .find(
        ({ port, leadsTo }) =>
          ['tcp', 'tls', 'https'].includes(port.protocol) && http.some(clause => reaches(clause, leadsTo)),
      );
    if (!closed) continue;
    const message = `connections to port ${closed.port.port} of \`${closed.service.id}\`, which is no HTTP, are closed as well`;
    report(scene.reading, 'ISTIO210', rule.source ?? policy.source!, message);
    return;
  }
};
