import { re2 } from '../../../adapter/re2.ts';
import type { AccessCondition, AccessRule, AccessValue } from '../../../model/capabilities/access.ts';
import type { TextMatch } from '../../../model/match.ts';
import { escapeRegex } from '../../../native/gateway-api/regex-text.ts';
import { readPath, readRegex } from '../chain/read-match.ts';
import type { EntryField } from '../entry-field.ts';
import { type Reading, report } from '../reading.ts';

type Told = Pick<Reading, 'findings'>;
type Effect = Extract<AccessRule['effect'], 'allow' | 'deny'>;

export const effectIn = (field: EntryField): Effect | undefined => {
  const action = field.text('action')?.toLowerCase();
  return action === 'allow' || action === 'deny' ? action : undefined;
};

/** What is no request is taken by what keeps out, and not by what lets in. */
const ofBytes = (effect: Effect): AccessCondition['whenNotHttp'] => (effect === 'deny' ? 'holds' : 'fails');

/** What a permission asks of a request: a path, headers and methods, all of them (observed, rows 4.4, 4.8 to 4.10). */
export const readPermission = (
  http: EntryField | undefined,
  effect: Effect,
  told: Told,
): readonly AccessCondition[] => {
  if (!http) return [];
  const common = { negated: false, whenAbsent: 'fails', whenNotHttp: ofBytes(effect), source: http } as const;
  const path = readPath(http, told);
  const methods = http.texts('methods')?.map(method => method.toUpperCase()) ?? [];
  return [
    ...(path && path.kind !== 'segmentPrefix'
      ? [{ ...common, attribute: 'request.path' as const, values: [path] }]
      : []),
    ...(methods.length > 0
      ? [
          {
            ...common,
            attribute: 'request.method' as const,
            values: methods.map((value): AccessValue => ({ kind: 'exact', value })),
          },
        ]
      : []),
    ...http.list('header').flatMap(header => readHeader(header, effect, told)),
  ];
};

/**
 * Inverted, a value asks for the header to be there and to have another one; only `present` inverted takes requests
 * without it (observed, row 0.5).
 */
const readHeader = (field: EntryField, effect: Effect, told: Told): readonly AccessCondition[] => {
  const name = field.text('name')?.toLowerCase();
  const match = readValue(field, told);
  if (name === undefined || !match) {
    report(told, 'CONSUL104', field, 'a condition on a header needs a name and one kind of value');
    return [];
  }
  const negated = field.boolean('invert') ?? false;
  return [
    {
      attribute: `request.header:${name}`,
      values: [match],
      negated,
      whenAbsent: negated && match.kind === 'present' ? 'holds' : 'fails',
      whenNotHttp: ofBytes(effect),
      source: field,
    },
  ];
};

const readValue = (field: EntryField, told: Told): TextMatch | undefined => {
  const folded = field.boolean('ignoreCase') ? { ignoreCase: true } : {};
  for (const kind of ['exact', 'prefix', 'suffix'] as const) {
    const value = field.text(kind);
    if (value !== undefined) return { kind, value, ...folded };
  }
  const part = field.text('contains');
  if (part !== undefined) {
    return { kind: 'regex', regex: re2(`${folded.ignoreCase ? '(?i)' : ''}.*${escapeRegex(part)}.*`) };
  }
  field.leave('ignoreCase', 'it does nothing to an expression, nor to presence');
  const regex = readRegex(field, 'regex', told);
  if (regex) return { kind: 'regex', regex };
  return field.boolean('present') ? { kind: 'present' } : undefined;
};
