import type { Field } from '../../../base/field.ts';
import type { Cors } from '../../../model/capabilities/cors.ts';
import type { TextMatch } from '../../../model/match.ts';
import { durationOf } from './duration.ts';
import { readTextMatch } from './text-match.ts';

/** An exact `*` is any origin (observed, row 10.5). */
const readOrigin = (match: TextMatch): TextMatch =>
  match.kind === 'exact' && match.value === '*' ? { kind: 'present' } : match;

/** `allowOrigins`, or the deprecated list of plain texts where that is all there is. */
const readOrigins = (field: Field): TextMatch[] => {
  const old = field.at('allowOrigin');
  if (!field.has('allowOrigins')) {
    return (field.texts('allowOrigin') ?? []).map(value => readOrigin({ kind: 'exact', value }));
  }
  old?.leave('`allowOrigins` counts in its place');
  return field.list('allowOrigins').map(origin => readOrigin(readTextMatch(origin)));
};

export const readCors = (field: Field | undefined): Cors | undefined => {
  if (!field) return undefined;
  const maxAge = durationOf(field.at('maxAge'));
  const unmatched = field.text('unmatchedPreflights');
  const allowMethods = field.texts('allowMethods');
  const allowHeaders = field.texts('allowHeaders');
  const exposeHeaders = field.texts('exposeHeaders');
  const allowCredentials = field.boolean('allowCredentials');
  return {
    allowOrigins: readOrigins(field),
    ...(allowMethods ? { allowMethods } : {}),
    ...(allowHeaders ? { allowHeaders } : {}),
    ...(exposeHeaders ? { exposeHeaders } : {}),
    ...(maxAge ? { maxAgeSeconds: Math.trunc(maxAge.value / 1000) } : {}),
    ...(allowCredentials === undefined ? {} : { allowCredentials }),
    // A preflight from another origin goes to the application unless told otherwise (observed, row 10.2).
    ...(unmatched === undefined ? {} : { unmatchedPreflights: unmatched === 'IGNORE' ? 'ignore' : 'forward' }),
    source: field,
  };
};
