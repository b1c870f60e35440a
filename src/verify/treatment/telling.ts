import type { Source } from '../../base/source.ts';
import type { CapabilityId } from '../../model/capability.ts';
import type { Action } from '../../model/frontend.ts';
import type { Treatment } from '../routing.ts';
import type { HopLog } from '../story.ts';

interface Told {
  readonly capability: CapabilityId;
  readonly result: string;
  readonly source: Source | undefined;
}

const timeouts = ({ timeoutMs, perTryTimeoutMs }: Treatment, { timeouts }: Action): Told[] => [
  ...(timeoutMs === undefined
    ? []
    : [
        {
          capability: 'timeout-request' as const,
          result: `at most ${timeoutMs} ms until the answer has ended`,
          source: timeouts?.request?.source,
        },
      ]),
  ...(perTryTimeoutMs === undefined
    ? []
    : [
        {
          capability: 'timeout-per-try' as const,
          result: `at most ${perTryTimeoutMs} ms for one try`,
          source: timeouts?.perTry?.source,
        },
      ]),
];

const retries = ({ retries: outcome }: Treatment, { retries }: Action): Told[] => {
  if (!outcome) return [];
  const tries = outcome.max === 1 ? 'one further try' : `up to ${outcome.max} further tries`;
  const byDefault = retries?.max.origin === 'proxyDefault' ? ', as nobody says otherwise' : '';
  const result = `${tries} on ${outcome.on.join(', ') || 'nothing'}${byDefault}`;
  return [{ capability: 'retry-count', result, source: retries?.max.source ?? retries?.source }];
};

const faults = ({ faults }: Treatment, { fault }: Action): Told[] => {
  const told: Told[] = [];
  if (faults?.delayMs !== undefined) {
    const result = `${faults.delayPercent} % of the requests are held back for ${faults.delayMs} ms on purpose`;
    told.push({ capability: 'fault-delay', result, source: fault?.delay?.source });
  }
  if (faults?.abortPercent !== undefined) {
    const answer = faults.abortStatus ?? `gRPC status ${faults.abortGrpcStatus}`;
    const result = `${faults.abortPercent} % of the requests are answered with ${answer} on purpose`;
    told.push({ capability: 'fault-abort', result, source: fault?.abort?.source });
  }
  return told;
};

const mirrors = (treatment: Treatment, { mirrors }: Action): Told[] => {
  const active = (mirrors ?? []).filter(({ percent }) => percent.value > 0);
  return treatment.mirrors.map(({ service, percent }, index) => ({
    capability: 'mirror',
    result: `a copy of ${percent === 100 ? 'every request' : `${percent} % of the requests`} goes to \`${service}\``,
    source: active[index]?.source,
  }));
};

const rewrites = ({ rewrite: outcome }: Treatment, { rewrite }: Action): Told[] => {
  if (!outcome) return [];
  const { host, path } = outcome;
  const parts = [
    ...(host === undefined ? [] : [`the Host \`${host}\``]),
    ...(path === undefined ? [] : [`the path \`${path}\``]),
  ];
  const capability = path === undefined ? 'rewrite-host' : 'rewrite-path';
  return [{ capability, result: `it goes on with ${parts.join(' and ')}`, source: rewrite?.source }];
};

/** Writes down what a rule does besides sending, each thing with the place where it is written. */
export const tellTreatment = (treatment: Treatment, action: Action, log: HopLog): void => {
  for (const part of [timeouts, retries, faults, mirrors, rewrites]) {
    for (const { capability, result, source } of part(treatment, action)) {
      log.add(capability, result, { rule: action.id, source });
    }
  }
};
