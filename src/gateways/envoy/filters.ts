import type { Cors } from '../../model/capabilities/cors.ts';
import type { Fault } from '../../model/capabilities/fault.ts';
import { grpcNumber } from './judge-action.ts';
import { duration, fraction, type Node, said, stringMatcher } from './text.ts';

const type = (name: string): Node => ({ '@type': `type.googleapis.com/envoy.extensions.filters.http.${name}` });

/** The filters of every listener for HTTP, in the order in which they act; routes say what the first two do. */
export const httpFilters: readonly Node[] = [
  { name: 'envoy.filters.http.cors', typed_config: type('cors.v3.Cors') },
  { name: 'envoy.filters.http.fault', typed_config: type('fault.v3.HTTPFault') },
  { name: 'envoy.filters.http.router', typed_config: type('router.v3.Router') },
];

const listed = (values: readonly string[] | undefined): string | undefined =>
  values && values.length > 0 ? values.join(',') : undefined;

/** Cross-origin answers of one route. Any origin is an expression: a StringMatcher has no word for it. */
export const corsNode = (cors: Cors): Node => ({
  'envoy.filters.http.cors': said({
    ...type('cors.v3.CorsPolicy'),
    allow_origin_string_match: cors.allowOrigins.map(
      origin => stringMatcher(origin) ?? { safe_regex: { regex: '.*' } },
    ),
    allow_methods: listed(cors.allowMethods),
    allow_headers: listed(cors.allowHeaders),
    expose_headers: listed(cors.exposeHeaders),
    max_age: cors.maxAgeSeconds === undefined ? undefined : String(cors.maxAgeSeconds),
    allow_credentials: cors.allowCredentials,
    forward_not_matching_preflights: cors.unmatchedPreflights !== 'ignore',
  }),
});

/** Faults of one route. */
export const faultNode = ({ delay, abort }: Fault): Node => ({
  'envoy.filters.http.fault': said({
    ...type('fault.v3.HTTPFault'),
    delay:
      delay && delay.ms > 0
        ? { fixed_delay: duration(delay.ms), percentage: fraction(delay.percent.value) }
        : undefined,
    abort: abort && {
      ...(abort.grpcStatus === undefined
        ? { http_status: abort.status ?? 200 }
        : { grpc_status: grpcNumber(abort.grpcStatus) }),
      percentage: fraction(abort.percent.value),
    },
  }),
});
