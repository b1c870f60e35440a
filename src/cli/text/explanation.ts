import type { Model } from '../../model/model.ts';
import type { Explanation, Hop, Outcome } from '../../verify/outcome.ts';
import { type Ask, type Caller, callerTitle, type Request } from '../../verify/request.ts';
import { placeText } from '../print.ts';
import type { Locate } from '../source.ts';
import { columns, style } from './columns.ts';

/** The story of a request, read from top to bottom: who asks, what each hop decides and where it is written, how it ends. */
export const explanationText = async (
  { request, hops, outcome, caveats, assumptions }: Explanation,
  ask: Ask,
  model: Model,
  locate: Locate,
): Promise<string> => {
  const lines = [
    `${style.bold(requestText(request))}  from ${callerText(ask.caller)}  to ${targetText(ask)}`,
    ...request.headers.map(([name, value]) => `  ${name}: ${value}`),
    '',
  ];
  for (const hop of hops) lines.push(await hopText(hop, model, locate));
  lines.push(outcomeText(outcome));
  for (const caveat of caveats) {
    const place = await placeText(caveat.source, locate);
    lines.push(`${style.yellow('!')} ${caveat.code} ${caveat.message}${place ? `  ${style.dim(place)}` : ''}`);
    if (caveat.hint) lines.push(`    ${caveat.hint}`);
  }
  for (const assumption of assumptions) lines.push(`${style.dim('assumed:')} ${assumption}`);
  return `${lines.join('\n')}\n`;
};

/** `GET /admin`, or the protocol where nothing of a request is seen. */
export const requestText = ({ protocol, method, path }: Request): string =>
  protocol === 'http' || protocol === 'grpc' ? `${method} ${path}` : protocol.toUpperCase();

const targetText = ({ to, via }: Ask): string => {
  const port = to.port === undefined ? '' : `:${to.port}`;
  return `${'service' in to ? to.service : to.host}${port}${via ? `  through ${via}` : ''}`;
};

export const callerText = (caller: Caller): string => {
  if (caller.kind === 'serviceAccount') return `service account ${caller.namespace}/${caller.name}`;
  return callerTitle(caller);
};

const hopText = async (hop: Hop, model: Model, locate: Locate): Promise<string> => {
  const mesh = model.meshes.find(({ id }) => id === hop.mesh);
  const proxy = hop.enforces.length === 0 ? 'no proxy' : `${mesh?.type ?? hop.mesh} proxy`;
  const head = `${hop.at.padEnd(9)} ${[hop.workload, proxy].filter(part => part).join('  ')}`;
  const rows = await Promise.all(
    hop.decisions.map(async decision => [
      decision.capability,
      decision.result,
      style.dim(await placeText(decision.source, locate)),
    ]),
  );
  return `${style.bold(head)}\n${columns(rows, '  ')}`;
};

const outcomeText = (outcome: Outcome): string => {
  const status = outcome.status === undefined ? '' : ` with ${outcome.status}`;
  const forwarded = outcome.decision === 'forwarded';
  const verb = forwarded ? style.green('→ forwarded') : style.red(`→ ${outcome.decision}${status}`);
  const shares = outcome.backends.map(share => [
    `${share.service}${share.subset ? ` (${share.subset})` : ''}${share.port === undefined ? '' : `:${share.port}`}`,
    `${share.weight / 1000} %`,
    share.decision && share.decision !== outcome.decision
      ? `${share.decision}${share.status === undefined ? '' : ` with ${share.status}`}`
      : share.endpoints,
  ]);
  const facts = (forwarded ? forwardedFacts(outcome) : outcome.location ? [`to ${outcome.location}`] : []).join(' · ');
  return `${style.bold(verb)}\n${forwarded ? columns(shares, '  ') : ''}${facts === '' ? '' : `  ${facts}\n`}`;
};

/** What happens to a request that gets through, besides where it goes. */
const forwardedFacts = (outcome: Outcome): readonly string[] =>
  [
    outcome.timeoutMs ? `timeout ${outcome.timeoutMs} ms` : '',
    outcome.perTryTimeoutMs ? `each try ${outcome.perTryTimeoutMs} ms` : '',
    outcome.retries && outcome.retries.max > 0
      ? `up to ${outcome.retries.max} retries on ${outcome.retries.on.join(', ')}`
      : '',
    ...outcome.mirrors.map(
      mirror => `${mirror.percent} % copied to ${mirror.service}${mirror.subset ? ` (${mirror.subset})` : ''}`,
    ),
    outcome.rewrite?.path ? `path becomes ${outcome.rewrite.path}` : '',
    outcome.rewrite?.host ? `host becomes ${outcome.rewrite.host}` : '',
    outcome.faults ? faultText(outcome.faults) : '',
    outcome.encrypted === 'mtls' ? `mTLS, seen as ${outcome.identitySeen ?? 'nobody'}` : outcome.encrypted,
  ].filter(fact => fact !== '');

const faultText = (faults: NonNullable<Outcome['faults']>): string =>
  [
    faults.delayMs === undefined ? '' : `${faults.delayPercent ?? 0} % delayed by ${faults.delayMs} ms`,
    faults.abortPercent === undefined
      ? ''
      : `${faults.abortPercent} % aborted with ${faults.abortStatus ?? faults.abortGrpcStatus ?? 500}`,
  ]
    .filter(text => text !== '')
    .join(', ');
