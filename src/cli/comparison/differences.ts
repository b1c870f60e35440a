import { groupBy } from '../../base/order.ts';
import { differenceId } from '../../engine/weaker.ts';
import type { Aspect, Place, ServiceComparison, Side, Verdict, Witness } from '../../verify/compare/comparison.ts';
import type { PrintedSource } from '../print.ts';
import { placeText, printedSource } from '../print.ts';
import { callerText, requestText } from '../text/explanation.ts';
import { explainCommand } from './explain-command.ts';
import { outcomeTexts } from './outcome-text.ts';
import type { NamedSide } from './sides.ts';

/** Something in which two configurations differ, in words; the worst first. */
export interface Difference {
  /** `access-looser`: what `--accept` takes, and the rule of a SARIF result. */
  readonly id: string;
  readonly verdict: Exclude<Verdict, 'equal'>;
  readonly aspect: Aspect;
  /** `shop/web:80` */
  readonly place: string;
  readonly shown?: Shown;
  /** Why nothing can be said. */
  readonly reason?: string;
  /** The Service or gateway that is dialled, if it is written on either side. */
  readonly object?: PrintedSource;
}

/** The smallest request that shows a difference, and what each side makes of it. */
export interface Shown {
  readonly request: string;
  readonly headers: readonly string[];
  readonly from: string;
  readonly a: ShownSide;
  readonly b: ShownSide;
}

export interface ShownSide {
  readonly outcome: string;
  /** `b/policy.yaml:9`; empty where nobody wrote it. */
  readonly line: string;
  readonly source?: PrintedSource;
  readonly explain?: string;
}

const aspectOrder: readonly Aspect[] = ['access', 'encryption', 'routing', 'resilience'];
const verdictOrder: readonly Verdict[] = ['looser', 'different', 'undecided', 'stricter'];

const rank = ({ aspect, verdict }: Difference): number =>
  verdictOrder.indexOf(verdict) * aspectOrder.length + aspectOrder.indexOf(aspect);

const placeName = ({ service, port, via }: Place): string =>
  `${service}${port === undefined ? '' : `:${port}`}${via === undefined ? '' : ` through ${via}`}`;

export const differencesIn = async (
  services: readonly ServiceComparison[],
  sides: readonly [NamedSide, NamedSide],
): Promise<readonly Difference[]> => {
  const found = await Promise.all(
    services.map(async (service): Promise<Difference[]> => {
      const { aspect, verdict, witness, reason } = service;
      if (verdict === 'equal') return [];
      const object = await dialledObject(service, sides);
      return [
        {
          id: differenceId(service),
          verdict,
          aspect,
          place: placeName(service),
          ...(witness ? { shown: await shownOf(service, witness, sides) } : {}),
          ...(reason === undefined ? {} : { reason }),
          ...(object ? { object } : {}),
        },
      ];
    }),
  );
  return found.flat().sort((x, y) => rank(x) - rank(y));
};

/** Where a service or gateway of a side is written. */
export const objectOf = async (
  kind: 'service' | 'gateway',
  id: string,
  { read, locate }: NamedSide,
): Promise<PrintedSource | undefined> => {
  const { services, gateways } = read.model.inventory;
  const source = (kind === 'service' ? services : gateways).find(item => item.id === id)?.source;
  return source && printedSource(source, locate);
};

const dialledObject = async (
  { service, via }: Place,
  [a, b]: readonly [NamedSide, NamedSide],
): Promise<PrintedSource | undefined> => {
  const [kind, id] = via === undefined ? (['service', service] as const) : (['gateway', via] as const);
  return (await objectOf(kind, id, b)) ?? objectOf(kind, id, a);
};

const shownOf = async (
  { aspect, via }: ServiceComparison,
  witness: Witness,
  [a, b]: readonly [NamedSide, NamedSide],
): Promise<Shown> => {
  const { request, client } = witness;
  const [before, after] = outcomeTexts(aspect, witness.a.outcome, witness.b.outcome);
  const { headers, authority, sni, token, sourceAddress } = request;
  return {
    request: requestText(request),
    headers: [
      ...(authority === undefined ? [] : [`host: ${authority}`]),
      ...(sni === undefined ? [] : [`server name: ${sni}`]),
      ...(sourceAddress === undefined ? [] : [`address of the caller: ${sourceAddress}`]),
      ...headers.map(([name, value]) => `${name}: ${value}`),
      ...(token === undefined ? [] : [`token: ${JSON.stringify(token)}`]),
    ],
    from: callerText(client),
    a: await sideOf(witness.a, before, a, explainOn(a, witness, via)),
    b: await sideOf(witness.b, after, b, explainOn(b, witness, via)),
  };
};

const explainOn = (
  { path, name, isRevision, read }: NamedSide,
  witness: Witness,
  via: string | undefined,
): string | undefined => {
  const command = path === undefined ? undefined : explainCommand(witness, via, path, read.model);
  return command !== undefined && isRevision ? `${command}  # with ${name} checked out` : command;
};

const sideOf = async (
  { source }: Side,
  outcome: string,
  { locate }: NamedSide,
  explain: string | undefined,
): Promise<ShownSide> => ({
  outcome,
  line: await placeText(source, locate),
  ...(source ? { source: await printedSource(source, locate) } : {}),
  ...(explain === undefined ? {} : { explain }),
});

/** Differences that read the same, whatever service and port they are at: one edit, most of the time. */
export const alike = (differences: readonly Difference[]): readonly (readonly [Difference, ...Difference[]])[] => {
  const groups = groupBy(differences, ({ id, place, shown, reason }) => {
    const service = place.replace(/:\d+( |$)/, '$1');
    const outcomes = shown ? [shown.a.outcome, shown.b.outcome] : [];
    return JSON.stringify([id, reason, ...outcomes.map(text => text.replaceAll(service, ''))]);
  });
  return [...groups.values()] as [Difference, ...Difference[]][];
};
