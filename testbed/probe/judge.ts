/** Holds what was seen against what was predicted. */
import type { HeaderChange, MirrorShare, Outcome } from '../../src/verify/outcome.ts';
import { likelihood } from './chi-square.ts';
import { deadlineOf, isOfBytes, isTooSlow, statusOfCall, type Way, type WorkloadsOf, waysOf } from './expectation.ts';
import type { Observed, Question } from './question.ts';
import { type Hit, idHeader, planHeader } from './wire.ts';

/** Where chance is involved, what is less likely than this is no chance. */
const bound = 1e-6;

type Headers = readonly (readonly [name: string, value: string])[];

const valuesOf = (headers: Headers, name: string): readonly string[] =>
  headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

/** One line or several with the same values are the same. */
const listed = (values: readonly string[]): string =>
  values
    .flatMap(value => value.split(','))
    .map(value => value.trim())
    .join(',');

const pathOnly = (path: string): string => path.split('?')[0] ?? '';
const queryOf = (path: string): string => (path.includes('?') ? path.slice(path.indexOf('?')) : '');

/** A path that no proxy would change before it looks at it. */
const isTidy = (path: string): boolean => !/\/\.|\\|%|\/\/|#/.test(path);

const differs = (what: string, expected: unknown, seen: unknown): string[] =>
  JSON.stringify(expected) === JSON.stringify(seen)
    ? []
    : [`${what}: predicted ${JSON.stringify(expected) ?? 'none'}, seen ${JSON.stringify(seen) ?? 'none'}`];

/** What proxies tell of themselves and of a request's way is nobody's edit; nor is what the bed itself sends. */
const isOfProxies = (name: string): boolean => /^x-(?:envoy|probe|request-id|forwarded|b3|real-ip)/.test(name);

/** Headers of which nobody has said anything, and which are to be as they were sent: those that begin with `x-`. */
const untouched = (...all: readonly Headers[]): readonly string[] =>
  all.flatMap(headers =>
    headers.map(([name]) => name.toLowerCase()).filter(name => /^x-/.test(name) && !isOfProxies(name)),
  );

const editDifferences = (what: string, edits: HeaderChange = {}, before: Headers, seen: Headers): string[] => {
  const { set = {}, add = {}, remove = [] } = edits;
  const edited = [...Object.keys(set), ...Object.keys(add), ...remove].map(name => name.toLowerCase());
  const entry = (map: Readonly<Record<string, string>>, wanted: string): string | undefined =>
    Object.entries(map).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return [...new Set([...edited, ...untouched(before, seen)])]
    .filter(name => name !== 'host' && name !== ':authority')
    .flatMap(name => {
      const isRemoved = remove.some(one => one.toLowerCase() === name);
      const own = isRemoved ? [] : valuesOf(before, name);
      const value = entry(set, name);
      const base = value === undefined ? own : [value];
      const more = entry(add, name);
      const expected = more === undefined ? base : [...base, more];
      return differs(`${what} ${name}`, listed(expected), listed(valuesOf(seen, name)));
    });
};

/** A service of Consul as the account that bears its name in the bed; where it is of a peer, with the name of that. */
const accountOf = (identity: string): string => {
  const [, datacenter, service] = /^spiffe:.*\/dc\/([^/]+)\/svc\/([^/]+)$/.exec(identity) ?? [];
  return service === undefined ? identity : `${datacenter === 'dc1' ? 'shop' : datacenter}/${service}`;
};

/**
 * The identity in the last element, which the server's own proxy has put there, or, if that is a mesh gateway, in the one
 * before, which that has put there; an account as the model writes it.
 */
const identityOf = (headers: Headers): string | undefined => {
  const uris = valuesOf(headers, 'x-forwarded-client-cert')
    .join(',')
    .split(/,(?=By=)/)
    .flatMap(element => /URI=([^;,]+)/.exec(element)?.[1] ?? []);
  const uri = uris.findLast(one => !/\/gateway\/mesh\/dc\/[^/]+$/.test(one));
  const account = /\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(uri ?? '');
  // Consul proves the name of a service and no account; in the bed the account of each service bears its name.
  if (uri?.includes('/svc/')) return accountOf(uri);
  return account ? `${account[1]}/${account[2]}` : uri;
};

const sentHeaders = ({ request, plan }: Question): Headers => [
  ...request.headers,
  [idHeader, ''],
  ...(plan ? [[planHeader, ''] as const] : []),
];

/** What the application must see; nothing is said of dots that the server's own proxy takes out of what was rewritten. */
const arrivingPath = ({ rewrite }: Outcome, sent: string): string | undefined => {
  if (rewrite?.path !== undefined) return /\/\.|\\|%/.test(rewrite.path) ? undefined : rewrite.path;
  return isTidy(sent) ? pathOnly(sent) : undefined;
};

const hitDifferences = (hit: Hit, way: Way, outcome: Outcome, question: Question): string[] => {
  const { request } = question;
  const path = arrivingPath(outcome, request.path);
  const host = outcome.rewrite?.host ?? way.requestHeaders?.set?.host ?? way.requestHeaders?.set?.[':authority'];
  const isHostKnown = host !== undefined || request.authority !== undefined;
  return [
    ...differs('method', request.method, hit.method),
    ...(path === undefined ? [] : differs('path', path + queryOf(request.path), hit.path)),
    ...(isHostKnown ? differs('host', host ?? request.authority, valuesOf(hit.headers, 'host')[0]) : []),
    ...editDifferences('request header', way.requestHeaders, sentHeaders(question), hit.headers),
    ...(question.anonymous
      ? []
      : differs('identity', way.identity && accountOf(way.identity), identityOf(hit.headers))),
  ];
};

const answerDifferences = (observed: Observed, way: Way, outcome: Outcome, question: Question): string[] => {
  const { reply } = observed;
  const headers = reply.headers ?? [];
  const isAnswered = way.tries === 0 && way.status !== undefined;
  const isOfProxy = outcome.decision === 'responded' || outcome.decision === 'redirected';
  const { location, body } = outcome;
  const sent: Headers = isAnswered ? [] : Object.entries(question.plan?.headers ?? {});
  const edits = isOfProxy ? outcome.responseHeaders : way.responseHeaders;
  const isFault = isAnswered && outcome.faults?.abortPercent !== undefined;
  return [
    ...(isAnswered && location !== undefined ? differs('location', location, valuesOf(headers, 'location')[0]) : []),
    ...(isAnswered && body !== undefined ? differs('body', body, reply.body) : []),
    ...(isFault || (!isOfProxy && isAnswered) ? [] : editDifferences('response header', edits, sent, headers)),
  ];
};

/** The shortest time in which a request can end so. */
const leastOf = (way: Way, outcome: Outcome, question: Question): number => {
  const { delayMs = 0, delayPercent = 0 } = outcome.faults ?? {};
  const fault = delayPercent === 100 ? delayMs : 0;
  const isLate = isTooSlow(outcome, question);
  const answering = way.tries === 0 ? 0 : isLate ? deadlineOf(outcome) : (question.plan?.delayMs ?? 0);
  return fault + answering;
};

const timeDifferences = (reply: Observed['reply'], way: Way, outcome: Outcome, question: Question): string[] => {
  const least = leastOf(way, outcome, question);
  return reply.status !== undefined && reply.ms < least - 30
    ? [`time: predicted at least ${least} ms, seen ${reply.ms} ms`]
    : [];
};

/** What a busy machine may take beside what is predicted; less than the longest delay that is injected on purpose. */
const slack = 1000;

/** All took longer than any of the ways should. What runs into a deadline may do so several times. */
const slowness = (
  observed: readonly Observed[],
  ways: readonly Way[],
  outcome: Outcome,
  question: Question,
): string[] => {
  if (isOfBytes(question) || isTooSlow(outcome, question) || ways.length === 0) return [];
  const { delayPercent = 0, delayMs = 0 } = outcome.faults ?? {};
  const chance = delayPercent > 0 && delayPercent < 100 ? delayMs : 0;
  const most = Math.max(...ways.map(way => leastOf(way, outcome, question))) + chance;
  const quickest = Math.min(...observed.map(({ reply }) => reply.ms));
  return quickest > most + slack ? [`time: predicted about ${most} ms, seen ${quickest} ms`] : [];
};

const isMirrored = (hit: Hit, mirrors: readonly MirrorShare[], workloadsOf: WorkloadsOf, way: Way): boolean =>
  !way.workloads.includes(hit.pod) && mirrors.some(({ endpoints }) => workloadsOf(endpoints).includes(hit.pod));

/** Proxies answer calls with 200 and the status of the call in a header, whatever they mean. */
const isAnsweredAs = ({ status, grpcStatus }: Observed['reply'], way: Way, { request }: Question): boolean => {
  if (request.protocol !== 'grpc' || way.status === undefined || status !== 200) return status === way.status;
  return grpcStatus === (way.grpc ?? statusOfCall(way.status));
};

/** Whether one request may have ended in this way. */
const fits = ({ reply, hits, by }: Observed, way: Way, question: Question, copied: ReadonlySet<string>): boolean => {
  if (isOfBytes(question)) {
    return way.workloads.length === 0 ? by === undefined : by !== undefined && way.workloads.includes(by);
  }
  if (!isAnsweredAs(reply, way, question)) return false;
  if (by !== undefined) return way.workloads.includes(by);
  if (way.tries === 0) return hits.every(({ pod }) => copied.has(pod));
  return hits.some(({ pod }) => way.workloads.includes(pod));
};

const told = ({ reply, hits }: Observed): string => {
  const where = hits.length > 0 ? ` after ${hits.map(({ pod }) => pod).join(', ')}` : '';
  return `${reply.status ?? reply.error ?? 'bytes'}${where}${reply.body && hits.length === 0 ? ` ${JSON.stringify(reply.body.slice(0, 80))}` : ''}`;
};

const toldWay = ({ status, workloads, tries }: Way): string =>
  `${status ?? 'no answer'}${workloads.length > 0 ? ` after ${tries} of ${workloads.join(', ')}` : ''}`;

/** Ways that cannot be told apart by who answers with what are one. */
const groupsOf = (ways: readonly Way[]): readonly (readonly Way[])[] => {
  const groups: Way[][] = [];
  for (const way of ways) {
    const meets = (other: Way): boolean =>
      other.status === way.status &&
      (other.workloads.some(name => way.workloads.includes(name)) ||
        other.workloads.length + way.workloads.length === 0);
    const joined = groups.filter(group => group.some(meets));
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push([way, ...joined.flat()]);
  }
  return groups;
};

/** Fewer requests say nothing about shares. */
const fewest = 30;

const shareDifferences = (
  ways: readonly Way[],
  observed: readonly Observed[],
  question: Question,
  copied: ReadonlySet<string>,
): string[] => {
  // Of a few requests each may be the rare one.
  if (observed.length < fewest) return [];
  const groups = groupsOf(ways);
  const counts = groups.map(
    group => observed.filter(one => group.some(way => fits(one, way, question, copied))).length,
  );
  const shares = groups.map(group => group.reduce((sum, { share }) => sum + share, 0));
  const chance = likelihood(counts, shares);
  if (chance >= bound) return [];
  return [`shares: predicted ${shares.map(share => share.toFixed(4)).join(' : ')}, seen ${counts.join(' : ')}`];
};

/** How often a copy arrives, by who may get it: several copies to the same are one question. */
const copiesOf = ({ mirrors }: Outcome, workloadsOf: WorkloadsOf): ReadonlyMap<string, number> => {
  const missed = new Map<string, number>();
  for (const { endpoints, percent } of mirrors) {
    const targets = workloadsOf(endpoints).join();
    missed.set(targets, (missed.get(targets) ?? 1) * (1 - percent / 100));
  }
  return new Map([...missed].map(([targets, share]) => [targets, 1 - share]));
};

const mirrorDifferences = (
  outcome: Outcome,
  observed: readonly Observed[],
  ways: readonly Way[],
  workloadsOf: WorkloadsOf,
): string[] => {
  const copies = [...copiesOf(outcome, workloadsOf)];
  const all = [...copies.map(([targets]) => targets.split(',')), ...ways.map(({ workloads }) => workloads)];
  return copies.flatMap(([names, share], index) => {
    const targets = names.split(',');
    // Copies to those who get others anyway cannot be told from these.
    const isShared = all.some((others, at) => at !== index && others.some(name => targets.includes(name)));
    if (isShared || names === '') return [];
    const reached = observed.filter(({ hits }) => hits.some(hit => targets.includes(hit.pod))).length;
    const chance = likelihood([reached, observed.length - reached], [share, 1 - share]);
    if (chance >= bound) return [];
    return [`mirror to ${names}: predicted ${(share * 100).toFixed(1)} %, seen ${reached} of ${observed.length}`];
  });
};

const isAmong = (tries: number, way: Way): boolean => tries <= way.tries && tries >= (way.fewest ?? way.tries);

/** What differs between a prediction and what was seen of one question; empty: they agree. */
export const differencesOf = (
  outcome: Outcome,
  question: Question,
  observed: readonly Observed[],
  workloadsOf: WorkloadsOf,
): readonly string[] => {
  const ways = waysOf(outcome, question, workloadsOf);
  const copied = new Set(outcome.mirrors.flatMap(({ endpoints }) => workloadsOf(endpoints)));
  const single = observed.flatMap(one => {
    const candidates = ways.filter(candidate => fits(one, candidate, question, copied));
    const [first] = candidates;
    if (!first) return [`predicted ${ways.map(toldWay).join(' or ')}, seen ${told(one)}`];
    if (isOfBytes(question)) return [];
    const problems = candidates.map(way => {
      const primary = one.hits.filter(hit => !isMirrored(hit, outcome.mirrors, workloadsOf, way));
      return [
        ...(outcome.mirrors.length > 0 || isAmong(primary.length, way)
          ? []
          : differs('tries', way.tries, primary.length)),
        ...primary.flatMap(hit => hitDifferences(hit, way, outcome, question)),
        ...answerDifferences(one, way, outcome, question),
        ...timeDifferences(one.reply, way, outcome, question),
      ];
    });
    return problems.find(list => list.length === 0) ?? problems[0] ?? [];
  });
  const shares = ways.length > 1 && single.length === 0 ? shareDifferences(ways, observed, question, copied) : [];
  const slow = single.length === 0 ? slowness(observed, ways, outcome, question) : [];
  return [...new Set([...single, ...shares, ...slow, ...mirrorDifferences(outcome, observed, ways, workloadsOf)])];
};

/** Whether what happens is left to chance, so that one request shows little. */
export const isLeftToChance = (outcome: Outcome, question: Question, workloadsOf: WorkloadsOf): boolean =>
  groupsOf(waysOf(outcome, question, workloadsOf)).length > 1 ||
  outcome.mirrors.some(({ percent }) => percent > 0 && percent < 100);
