import { Field } from '../../../base/field.ts';
import { proxyDefault } from '../../../base/source.ts';
import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';
import type { Action, Frontend } from '../../../model/frontend.ts';
import { everything } from '../../../model/match.ts';
import { type Reading, report } from '../reading.ts';

const status = 500;

/**
 * One ResponseHeaderModifier in a GRPCRoute spoils the whole policy of its parent: the policy controller has no word for
 * it and sends a filter without a kind (policy-controller grpc/src/outbound/grpc.rs `convert_to_filter`), and a proxy
 * that cannot read a policy fails all requests (linkerd2-proxy client-policy/src/grpc.rs, `ClientPolicy::invalid`; 2.20).
 * LINKERD109 says where; what the filter would do is left.
 */
export const failingIfInvalid = (reading: Reading, table: Frontend): Frontend => {
  const edits = table.protocol === 'grpc' ? answerEdits(table) : [];
  if (edits.length === 0) return table;
  const source = edits[0]?.source ?? table.source;
  for (const { source: at } of edits) {
    if (!(at instanceof Field)) continue;
    const message = `response headers of a GRPCRoute: proxies refuse all routes of \`${table.id}\``;
    report(reading, 'LINKERD109', at, message);
    at.leave('a policy with it is refused as a whole, whatever it says');
  }
  const named = `the routes of ${table.id}`;
  const action: Action = {
    id: `${table.id}/invalid`,
    target: {
      kind: 'forward',
      backends: [
        {
          backend: { kind: 'nowhere', status, why: 'the proxy cannot read the policy', named },
          weight: proxyDefault(1),
        },
      ],
    },
    ...(source ? { source } : {}),
  };
  return {
    ...table,
    rules: [{ id: action.id, match: everything, action }],
    noMatch: { kind: 'respond', status },
  };
};

/** What the rules of a table, or their backends, would do to answers. */
const answerEdits = ({ rules }: Frontend): readonly HeaderEdits[] =>
  [...new Set(rules.map(({ action }) => action))].flatMap(({ responseHeaders, target }) => [
    ...(responseHeaders ? [responseHeaders] : []),
    ...(target.kind === 'forward' ? target.backends.flatMap(share => share.responseHeaders ?? []) : []),
  ]);
