import type { Field } from '../../../base/field.ts';
import { type Reading, report } from '../reading.ts';
import type { VirtualService } from './virtual-service.ts';

/** Tells authors what the API server accepts and proxies do not do. */
export const reportTraps = (reading: Reading, { spec }: VirtualService): void => {
  const rules = spec.list('http');
  reportDeadRules(reading, rules);
  for (const rule of rules) {
    reportRedirect(reading, rule);
    reportFault(reading, rule);
    for (const match of rule.list('match')) reportMatch(reading, match);
  }
};

/** Rules after one that takes everything: proxies are not even given them (observed, row 2.1). */
const reportDeadRules = (reading: Reading, rules: readonly Field[]): void => {
  const last = rules.findIndex(takesEverything);
  const dead = last < 0 ? undefined : rules[last + 1];
  if (!dead) return;
  const many = rules.length - last - 1;
  const what = many === 1 ? 'this rule is' : `this rule and ${many - 1} more are`;
  report(reading, 'ISTIO002', dead, `${what} never reached: \`http[${last}]\` takes every request`);
};

/** What may stand beside a path without narrowing it. */
const harmless = new Set(['uri', 'name', 'statPrefix', 'ignoreUriCase']);

const takesEverything = (rule: Field): boolean => {
  if (rule.has('delegate')) return false;
  const matches = rule.list('match');
  return matches.length === 0 || matches.some(isOpen);
};

const isOpen = (match: Field): boolean => {
  if (Object.keys(match.value ?? {}).some(key => !harmless.has(key))) return false;
  const uri = plain(match.at('uri'));
  return !uri || Object.keys(uri).length === 0 || ['', '/'].includes(String(uri.prefix)) || uri.regex === '.*';
};

const plain = (field: Field | undefined) => field?.value as Readonly<Record<string, unknown>> | undefined;

/** Of one such rule proxies refuse the whole table, and every later change with it (observed, row 11.8). */
const reportRedirect = (reading: Reading, rule: Field): void => {
  const code = rule.find('redirect', 'redirectCode');
  if (!code || [0, 301, 302, 303, 307, 308].includes(Number(code.value))) return;
  report(reading, 'ISTIO010', code, `status ${String(code.value)}: proxies know 301, 302, 303, 307 and 308 only`);
};

/** Without a percentage nothing is injected (observed, row 8.1). */
const reportFault = (reading: Reading, rule: Field): void => {
  for (const kind of ['delay', 'abort']) {
    const fault = rule.find('fault', kind);
    if (!fault || fault.has('percentage') || fault.has('percent')) continue;
    report(
      reading,
      'ISTIO009',
      fault,
      'without a percentage nothing is injected',
      'write `percentage: { value: 100 }`',
    );
  }
};

const reportMatch = (reading: Reading, match: Field): void => {
  const callers = match.at('sourceLabels') ?? match.at('sourceNamespace');
  if (callers && match.list('gateways').length > 0) {
    report(reading, 'ISTIO009', callers, 'the match names gateways, and so it is for every caller', splitHint);
  }
  // An absent header is compared as an empty one, which this expression takes (observed, row 5.9).
  for (const [name, text] of match.entries('withoutHeaders')) {
    if (plain(text)?.regex !== '.*') continue;
    report(reading, 'ISTIO009', text, `no request is without \`${name}\` in this sense`, `write \`${name}: {}\``);
  }
};

const splitHint = 'leave out `gateways`, or write an object of its own for the gateways';
