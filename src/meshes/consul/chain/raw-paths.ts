import type { Frontend, Rule } from '../../../model/frontend.ts';
import { type Reading, report } from '../reading.ts';

/** What a rule sends to, as text. */
const endsOf = ({ action: { target } }: Rule): string =>
  target.kind === 'forward'
    ? target.backends
        .map(({ backend }) =>
          backend.kind === 'service' ? `${backend.service} ${backend.subset?.name ?? ''}` : backend.named,
        )
        .join(', ')
    : '';

/**
 * Clients compare paths as they were sent, servers see them in their normal form: `/x/../admin` misses a route for `/admin`,
 * goes where the rest goes, and arrives there as `/admin` (observed, row 0.11). Told once for each table that sends some
 * paths elsewhere than the rest.
 */
export const tellRawPaths = (reading: Reading, frontends: readonly Frontend[]): void => {
  for (const { rules, id } of frontends) {
    const rest = rules.at(-1);
    if (!rest || rest.match.path) continue;
    const apart = rules.find(
      rule => rule.match.path && rule.match.path.kind !== 'regex' && endsOf(rule) !== endsOf(rest),
    );
    const path = apart?.match.path;
    if (!apart || !path || path.kind === 'regex') continue;
    const message = `\`/x/..${path.value}\` misses this route of \`${id}\`, and arrives as \`${path.value}\` where the rest goes`;
    report(reading, 'CONSUL214', apart.match.source, message);
  }
};
