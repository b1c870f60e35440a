import type { Field } from '../../../base/field.ts';
import type { Tell } from './tell.ts';

const topologyLabels = new Set([
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.istio.io/subzone',
]);

/** Shares and failover between regions and zones. */
export const tellLocality = (setting: Field | undefined, tell: Tell): void => {
  if (!setting) return;
  const [distribute, failover] = [setting.list('distribute'), setting.list('failover')];
  if (distribute.length > 0 && failover.length > 0) {
    tell('ISTIO905', setting, 'only one of `distribute` and `failover` may be set');
    return;
  }
  for (const label of failover.length > 0 ? setting.list('failoverPriority') : []) {
    if (topologyLabels.has(label.asText() ?? ''))
      tell('ISTIO909', label, 'regions and zones are ordered by `failover`');
  }
  for (const share of distribute) tellShares(share, tell);
  tellOverlap(
    distribute.flatMap(share => share.at('from') ?? []),
    field => field.asText() ?? '',
    tell,
  );
  for (const step of failover) {
    const [from, to] = [step.text('from') ?? '', step.text('to') ?? ''];
    if (from === to) tell('ISTIO905', step, 'a region cannot fail over to itself');
    if (/[/*]/.test(from + to)) tell('ISTIO907', step, 'failover is between whole regions');
  }
};

const tellShares = (share: Field, tell: Tell): void => {
  const members = share.entries('to');
  let total = 0;
  for (const [, weight] of members) {
    const percent = weight.asNumber() ?? 0;
    if (percent < 1 || percent > 100) tell('ISTIO906', weight, `\`${percent}\` is no share from 1 to 100`);
    total += percent;
  }
  if (total !== 100) tell('ISTIO906', share.at('to') ?? share, `the shares add up to ${total} and not to 100`);
  tellOverlap(
    members.map(([, weight]) => weight),
    field => field.name,
    tell,
  );
};

/** Localities of one list may not lie within each other. `region/*` and `region` are the same. */
const tellOverlap = (places: readonly Field[], nameOf: (place: Field) => string, tell: Tell): void => {
  const seen: string[] = [];
  for (const place of places) {
    const name = nameOf(place);
    const wildcard = name.indexOf('*');
    if (wildcard >= 0 && wildcard !== name.length - 1)
      tell('ISTIO907', place, `in \`${name}\` only the end may be \`*\``);
    const stem = name.replace(/\/?\*$/, '');
    if (stem.split('/').includes('') && stem !== '') tell('ISTIO907', place, `\`${name}\` has an empty part`);
    const other = seen.find(
      known => known === '' || stem === '' || `${stem}/`.startsWith(`${known}/`) || known === stem,
    );
    if (other !== undefined) tell('ISTIO908', place, `\`${name}\` overlaps with \`${other === '' ? '*' : other}\``);
    seen.push(stem);
  }
};
