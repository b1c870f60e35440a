import type { Field } from '../../../base/field.ts';
import { unique } from '../../../base/order.ts';
import type { Telemetry } from '../../../model/capabilities/telemetry.ts';
import type { ServerScope } from '../../../model/scope.ts';
import { namespaceOf } from '../../../native/snapshot.ts';
import { objectsOf, type Reading } from '../reading.ts';
import { policyScopes } from '../security/policy-scope.ts';

/**
 * What proxies report, the most specific statement first: for some workloads, for a namespace, for the mesh; last what
 * MeshConfig says of access logs. It never changes what happens to a request.
 */
export const readTelemetry = (reading: Reading): Telemetry[] => {
  const statements = objectsOf(reading, 'telemetry.istio.io', 'Telemetry').flatMap(object => {
    const spec = reading.snapshot.field(object).at('spec');
    if (!spec) return [];
    const parts = partsOf(spec);
    const id = `${namespaceOf(object.ref)}/${object.ref.name}`;
    return policyScopes(reading, object, spec).map((scope): Telemetry => ({ id, scope, ...parts, source: spec }));
  });
  const { accessLogFile } = reading.config;
  return [
    ...statements.toSorted((a, b) => breadth(a.scope) - breadth(b.scope)),
    ...(accessLogFile
      ? [
          {
            id: 'mesh access log',
            scope: { mesh: reading.mesh.id },
            accessLog: { enabled: true, providers: [accessLogFile.value] },
            ...(accessLogFile.source ? { source: accessLogFile.source } : {}),
          },
        ]
      : []),
  ];
};

const breadth = ({ namespaces, labels, services, gateway }: ServerScope): number =>
  labels || services || gateway !== undefined ? 0 : namespaces ? 1 : 2;

const sides = 'which side of a connection reports is not known to the model';

const partsOf = (spec: Field): Pick<Telemetry, 'accessLog' | 'tracing' | 'metrics'> => {
  const accessLog = readAccessLog(spec.list('accessLogging'));
  const tracing = readTracing(spec.list('tracing'));
  const metrics = readMetrics(spec.list('metrics'));
  return { ...(accessLog ? { accessLog } : {}), ...(tracing ? { tracing } : {}), ...(metrics ? { metrics } : {}) };
};

const providersOf = (fields: readonly Field[]): string[] =>
  unique(fields.flatMap(field => field.list('providers').flatMap(provider => provider.text('name') ?? [])));

const readAccessLog = (fields: readonly Field[]): Telemetry['accessLog'] => {
  const [first] = fields;
  if (!first) return undefined;
  for (const field of fields) field.at('match')?.leave(sides);
  const providers = providersOf(fields);
  const filter = fields.flatMap(field => field.find('filter')?.text('expression') ?? []).join(' || ');
  return {
    enabled: !fields.some(field => field.boolean('disabled')),
    ...(providers.length > 0 ? { providers } : {}),
    ...(filter === '' ? {} : { filter }),
  };
};

const tagReasons = 'the values of tags other than literal ones are known to the proxy only';

const readTracing = (fields: readonly Field[]): Telemetry['tracing'] => {
  const [first] = fields;
  if (!first) return undefined;
  for (const field of fields) {
    field.at('match')?.leave(sides);
    for (const key of ['useRequestIdForTraceSampling', 'enableIstioTags', 'disableContextPropagation']) {
      field.at(key)?.leave('how traces are marked is not known to the model');
    }
  }
  const providers = providersOf(fields);
  const samplingPercent = first.number('randomSamplingPercentage');
  const tags = Object.fromEntries(
    fields.flatMap(field =>
      field.entries('customTags').flatMap(([name, tag]): [string, string][] => {
        const literal = tag.find('literal')?.text('value');
        for (const key of ['environment', 'header', 'formatter']) tag.at(key)?.leave(tagReasons);
        return literal === undefined ? [] : [[name, literal]];
      }),
    ),
  );
  return {
    enabled: !fields.some(field => field.boolean('disableSpanReporting')),
    ...(providers.length > 0 ? { providers } : {}),
    ...(samplingPercent === undefined ? {} : { samplingPercent }),
    ...(Object.keys(tags).length > 0 ? { tags } : {}),
  };
};

/** Only how many overrides there are is known; what they change belongs to the metrics themselves. */
const readMetrics = (fields: readonly Field[]): Telemetry['metrics'] => {
  if (fields.length === 0) return undefined;
  for (const field of fields) {
    field.at('reportingInterval')?.leave('when metrics are sent is not known to the model');
    field.at('overrides')?.leave('which metrics are reported how is not known to the model');
  }
  const providers = providersOf(fields);
  const overrides = fields.reduce((sum, field) => sum + field.list('overrides').length, 0);
  return { ...(providers.length > 0 ? { providers } : {}), overrides };
};
