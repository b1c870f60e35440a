import { groupBy } from '../../base/order.ts';
import { objectTitle, type Source } from '../../base/source.ts';
import type { Aspect, Comparison, ServiceComparison, Verdict } from '../../verify/compare/comparison.ts';
import { outcomeTexts } from '../comparison/outcome-text.ts';
import { placeText } from '../print.ts';
import type { Loaded } from '../source.ts';
import { columns, style } from './columns.ts';
import { callerText, requestText } from './explanation.ts';

const aspectOrder: readonly Aspect[] = ['access', 'encryption', 'routing', 'resilience'];
const verdictOrder: readonly Verdict[] = ['looser', 'different', 'undecided', 'stricter'];

const rank = ({ aspect, verdict }: ServiceComparison): number =>
  verdictOrder.indexOf(verdict) * aspectOrder.length + aspectOrder.indexOf(aspect);

/** In which way what was written does not do what was wished, each with one request that shows it. */
export const verdictText = async ({ services }: Comparison, to: string, loaded: Loaded): Promise<string> => {
  const differ = services.filter(({ verdict }) => verdict !== 'equal').sort((a, b) => rank(a) - rank(b));
  const equal = services.length - differ.length;
  const lines = [
    `${style.bold('asked of what is written')}: ${equal} of ${services.length} answers are those that were wished, at proxies of ${to}`,
  ];
  lines.push(...(await differenceTexts(differ, ['wished', 'written'], loaded)));
  return `${lines.join('\n').trimEnd()}\n`;
};

/** Each kind of difference once, with a request that shows it and what becomes of it on both sides. */
export const differenceTexts = async (
  differ: readonly ServiceComparison[],
  sides: readonly [string, string],
  loaded: Pick<Loaded, 'locate'>,
): Promise<readonly string[]> =>
  Promise.all(
    [...groupBy(differ, ({ aspect, verdict }) => `${aspect} ${verdict}`).values()].map(group =>
      groupText(group as [ServiceComparison, ...ServiceComparison[]], sides, loaded),
    ),
  );

const paint: Readonly<Partial<Record<Verdict, (text: string) => string>>> = { looser: style.red };

const groupText = async (
  [first, ...more]: readonly [ServiceComparison, ...ServiceComparison[]],
  [sideA, sideB]: readonly [string, string],
  { locate }: Pick<Loaded, 'locate'>,
): Promise<string> => {
  const { service, port, via, aspect, verdict, witness, reason } = first;
  const place = `${service}${port === undefined ? '' : `:${port}`}${via === undefined ? '' : ` through ${via}`}`;
  const times = more.length > 0 ? ` and ${more.length} more` : '';
  const head = `  ${aspect} is ${paint[verdict]?.(verdict) ?? verdict} at ${place}${times}`;
  if (!witness) return `${head}: ${reason}`;
  const [a, b] = outcomeTexts(aspect, witness.a.outcome, witness.b.outcome);
  const rows = [
    [sideA, a, style.dim(await placeText(witness.a.source, locate))],
    [sideB, b, style.dim(titleOf(witness.b.source))],
  ];
  return `${head}: ${requestText(witness.request)} from ${callerText(witness.client)}\n${columns(rows, '      ').trimEnd()}`;
};

const titleOf = (source: Source | undefined): string => (source ? objectTitle(source.object) : '');
