import type { Action, Frontend, Rule } from '../../model/frontend.ts';
import type { Match } from '../../model/match.ts';
import type { Loss } from '../disposition.ts';
import type { Judge } from '../judge.ts';
import { actionParts, emptyAction } from './action.ts';
import { type Draft, type Ledger, part } from './ledger.ts';
import { matchParts } from './match.ts';

/**
 * A route table: the table itself, then each action once, then each rule. A rule goes when its action or one of its
 * conditions is refused, and its requests go to the next rule that takes them.
 */
export const fitFrontend = (frontend: Frontend, judge: Judge, ledger: Ledger): readonly Frontend[] => {
  const subject = frontend.id;
  const draft: Draft<Frontend> = { ...frontend };
  const gone = ledger.settle(subject, draft, [
    part({
      capability: 'authority-match',
      leaf: 'listens',
      value: frontend,
      source: frontend.source,
      essential: true,
      ask: judge.frontend,
      put: (d, kept) => Object.assign(d, kept),
    }),
  ]);
  const actions = new Map<Action, { readonly left: Action; readonly lost: Loss | undefined }>();
  for (const { action } of draft.rules) {
    if (actions.has(action)) continue;
    const left = emptyAction(action);
    const lost = ledger.settle(subject, left, actionParts(action, draft, judge), gone);
    actions.set(action, { left, lost });
  }
  const rules = draft.rules.flatMap((rule): Rule[] => {
    const { left, lost } = actions.get(rule.action)!;
    const match: Draft<Match> = rule.match.source ? { source: rule.match.source } : {};
    const refused = ledger.settle(subject, match, matchParts(rule, draft, judge), lost);
    return refused ? [] : [{ id: rule.id, match, action: left }];
  });
  draft.rules = rules;
  ledger.settle(subject, draft, tableParts({ ...frontend, rules }, judge), gone);
  return gone ? [] : [draft];
};

/** What holds for the table as a whole: the order of its rules and what happens to the rest. */
const tableParts = (frontend: Frontend, judge: Judge) => [
  part<Draft<Frontend>, readonly Rule[]>({
    capability: 'first-match-order',
    leaf: 'order',
    value: frontend.rules,
    source: frontend.source,
    // A single rule has an order too: it stands before what becomes of the rest.
    ask: rules => (rules.length > 0 ? judge.order(rules, frontend) : 'applied'),
    put: (draft, rules) => {
      draft.rules = rules;
    },
  }),
  part<Draft<Frontend>, Frontend['noMatch']>({
    capability: 'authority-match',
    leaf: 'noMatch',
    value: frontend.noMatch,
    source: frontend.source,
    ask: noMatch => judge.noMatch(noMatch, frontend),
    put: (draft, noMatch) => {
      draft.noMatch = noMatch;
    },
  }),
];
