import type { Field } from '../../base/field.ts';
import { proxyDefault, written } from '../../base/source.ts';
import type { Cors } from '../../model/capabilities/cors.ts';
import type { HeaderEdits } from '../../model/capabilities/header-edits.ts';
import type { Mirror } from '../../model/capabilities/mirror.ts';
import type { Redirect } from '../../model/capabilities/redirect.ts';
import type { Retries } from '../../model/capabilities/retries.ts';
import type { PathRewrite, Rewrite } from '../../model/capabilities/rewrite.ts';
import type { Timeouts } from '../../model/capabilities/timeouts.ts';
import type { TextMatch } from '../../model/match.ts';
import { foreignFilterName } from './foreign-filter.ts';
import type { FilterType } from './profile.ts';
import { type ReferenceContext, readBackend } from './read-backend.ts';
import { type GatewayApiReading, report } from './reading.ts';

/** What the filters of a rule, or of one backend, do. */
export interface Filters {
  readonly requestHeaders?: HeaderEdits;
  readonly responseHeaders?: HeaderEdits;
  readonly mirrors?: readonly Mirror[];
  readonly redirect?: Redirect;
  readonly rewrite?: Rewrite;
  readonly cors?: Cors;
  /** Of an extension that one implementation knows. */
  readonly timeouts?: Timeouts;
  readonly retries?: Retries;
  /** A filter that is not honoured. It may not be skipped: what it stands on fails instead, under this name. */
  readonly unsupported?: string;
}

type Effect = Omit<Filters, 'mirrors'> & { readonly mirror?: Mirror };

const readers: Readonly<Partial<Record<FilterType, (filter: Field, context: ReferenceContext) => Effect>>> = {
  RequestHeaderModifier: (filter, context) => {
    const edits = readEdits(filter.at('requestHeaderModifier'), context);
    return edits ? { requestHeaders: edits } : {};
  },
  ResponseHeaderModifier: (filter, context) => {
    const edits = readEdits(filter.at('responseHeaderModifier'), context);
    return edits ? { responseHeaders: edits } : {};
  },
  RequestMirror: (filter, context) => {
    const mirror = filter.at('requestMirror');
    return mirror ? { mirror: readMirror(mirror, context) } : {};
  },
  RequestRedirect: filter => ({ redirect: readRedirect(filter.at('requestRedirect') ?? filter) }),
  URLRewrite: (filter, context) => {
    const rewrite = filter.at('urlRewrite');
    return rewrite ? { rewrite: readRewrite(rewrite, context) } : {};
  },
  CORS: (filter, context) => {
    const cors = filter.at('cors');
    return cors ? { cors: readCors(cors, context) } : {};
  },
};

export const readFilters = (
  fields: readonly Field[],
  context: ReferenceContext,
  honoured: readonly FilterType[],
): Filters => {
  let filters: Filters = {};
  for (const field of fields) {
    const type = field.text('type') ?? '';
    const extended = type === 'ExtensionRef' ? context.extension?.(field, context.route) : undefined;
    if (extended) {
      filters = { ...filters, ...extended };
      continue;
    }
    const read = honoured.includes(type as FilterType) ? readers[type as FilterType] : undefined;
    if (!read) {
      report(context, 'GWAPI001', field, `filter \`${type}\` is not honoured here`);
      if (context.profile.unsupportedFilter === 'ignored') {
        field.leave('a filter that is not honoured does nothing here');
        continue;
      }
      filters = { ...filters, unsupported: unsupportedName(field, type, context) };
      continue;
    }
    const { mirror, ...effect } = read(field, context);
    filters = { ...filters, ...effect, ...(mirror ? { mirrors: [...(filters.mirrors ?? []), mirror] } : {}) };
  }
  return filters;
};

/** What the API defines is known by its type, and its fields do nothing; of anything else the fields say what it is. */
const unsupportedName = (filter: Field, type: string, { profile, route }: ReferenceContext): string => {
  const foreign = profile.unsupportedFilter === 'ruleFails' ? foreignFilterName(filter, route.namespace) : undefined;
  if (foreign === undefined) filter.leave(`filter ${type} is not honoured`);
  return foreign ?? `filter ${type}`;
};

/** Header names are compared without case; the second entry of one name is ignored (HTTPHeaderFilter). */
const readEdits = (field: Field | undefined, reading: GatewayApiReading): HeaderEdits | undefined => {
  if (!field) return undefined;
  const values = (key: 'set' | 'add'): Record<string, string> | undefined => {
    const headers: Record<string, string> = {};
    for (const item of field.list(key)) {
      const name = (item.text('name') ?? '').toLowerCase();
      if (name in headers) {
        report(reading, 'GWAPI013', item, `\`${name}\` is given twice in \`${key}\`; only the first entry counts`);
        item.leave('a second entry for one name');
      } else headers[name] = item.text('value') ?? '';
    }
    return Object.keys(headers).length > 0 ? headers : undefined;
  };
  const [set, add] = [values('set'), values('add')];
  const remove = field.texts('remove')?.map(name => name.toLowerCase());
  return {
    ...(set ? { set } : {}),
    ...(add ? { add } : {}),
    ...(remove && remove.length > 0 ? { remove } : {}),
    source: field,
  };
};

const readMirror = (field: Field, context: ReferenceContext): Mirror => {
  const backend = readBackend(field.at('backendRef') ?? field, context);
  const percent = field.number('percent');
  const fraction = field.at('fraction');
  if (percent !== undefined) return { backend, percent: written(percent, field.at('percent')), source: field };
  if (!fraction) return { backend, percent: proxyDefault(100), source: field };
  const share = (100 * (fraction.number('numerator') ?? 0)) / (fraction.number('denominator') ?? 100);
  return { backend, percent: written(share, fraction), source: field };
};

/** Without a status it is 302. Without a port: that of the scheme if there is one, else that of the listener. */
const readRedirect = (field: Field): Redirect => {
  const status = field.number('statusCode');
  const [scheme, hostname, port] = [field.text('scheme'), field.text('hostname'), field.number('port')];
  const path = readPathModifier(field.at('path'));
  return {
    status: status === undefined ? proxyDefault(302) : written(status, field.at('statusCode')),
    ...(scheme === undefined ? {} : { scheme }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(port === undefined ? { portFrom: scheme === undefined ? 'request' : 'scheme' } : { port }),
    ...(path ? { path } : {}),
    source: field,
  };
};

const readRewrite = (field: Field, context: GatewayApiReading): Rewrite => {
  const host = field.text('hostname');
  const path = readPathModifier(field.at('path'), context.profile.prefixes);
  return { ...(host === undefined ? {} : { host }), ...(path ? { path } : {}), source: field };
};

/** `type` says which of the two fields counts; the API refuses the other one beside it. */
const readPathModifier = (field: Field | undefined, prefixes?: 'text'): PathRewrite | undefined => {
  if (!field) return undefined;
  const isFull = field.text('type') === 'ReplaceFullPath';
  field.at(isFull ? 'replacePrefixMatch' : 'replaceFullPath')?.leave('not the field that `type` names');
  const value = field.text(isFull ? 'replaceFullPath' : 'replacePrefixMatch');
  return value === undefined
    ? undefined
    : { kind: isFull ? 'full' : prefixes === 'text' ? 'prefix' : 'segmentPrefix', value };
};

/** `maxAge` is 5 seconds if absent; a `*` in a host stands for any number of labels (GEP-1767). */
const readCors = (field: Field, { profile }: GatewayApiReading): Cors => {
  const origin = (text: string): TextMatch => {
    if (text === '*') return { kind: 'present' };
    if (!text.includes('*')) return { kind: 'exact', value: text };
    const pattern = text
      .split('*')
      .map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.+');
    return { kind: 'regex', regex: { pattern, ...profile.regex } };
  };
  const [allowMethods, allowHeaders, exposeHeaders] = [
    field.texts('allowMethods'),
    field.texts('allowHeaders'),
    field.texts('exposeHeaders'),
  ];
  const allowCredentials = field.boolean('allowCredentials');
  return {
    allowOrigins: (field.texts('allowOrigins') ?? []).map(origin),
    ...(allowMethods ? { allowMethods } : {}),
    ...(allowHeaders ? { allowHeaders } : {}),
    ...(exposeHeaders ? { exposeHeaders } : {}),
    maxAgeSeconds: field.number('maxAge') ?? 5,
    ...(allowCredentials === undefined ? {} : { allowCredentials }),
    source: field,
  };
};
