import type { Field } from '../../base/field.ts';
import { written } from '../../base/source.ts';
import type { DestinationSettings } from '../../model/capabilities/destination.ts';
import type { UpstreamTls } from '../../model/capabilities/upstream-tls.ts';
import type { NativeObject } from '../snapshot.ts';
import type { RoutedGateway } from './gateways.ts';
import { gatewayGroup } from './kinds.ts';
import { objectText, readObjectReference } from './object-reference.ts';
import { type GatewayApiReading, report } from './reading.ts';

/**
 * BackendTLSPolicies: TLS from each gateway to a Service, or to one of its ports. A policy for a port comes before one
 * for the Service; of several for the same, the oldest acts (GEP-1897).
 */
export const readBackendTls = (
  reading: GatewayApiReading,
  gateways: readonly RoutedGateway[],
): readonly DestinationSettings[] => {
  const targets = reading.snapshot.of(gatewayGroup, 'BackendTLSPolicy').flatMap(object => readPolicy(object, reading));
  const distinct = targets.filter((one, at) => {
    const older = targets.slice(0, at).find(other => other.service === one.service && other.port === one.port);
    if (older) report(reading, 'GWAPI008', one.source, `an older policy, \`${older.id}\`, already acts on it`);
    return !older;
  });
  const ordered = [
    ...distinct.filter(({ port }) => port !== undefined),
    ...distinct.filter(({ port }) => port === undefined),
  ];
  return gateways.flatMap(({ model, clientCertificate }) =>
    ordered.map(
      ({ id, service, port, tls }): DestinationSettings => ({
        id: `${id} ${service}${port === undefined ? '' : `:${port}`} from ${model.id}`,
        clients: { gateway: model.id },
        target: { service, ...(port === undefined ? {} : { port }) },
        tls:
          clientCertificate === undefined ? tls : { ...tls, mode: { ...tls.mode, value: 'mutual' }, clientCertificate },
        ...(tls.source ? { source: tls.source } : {}),
      }),
    ),
  );
};

interface PolicyTarget {
  readonly id: string;
  readonly service: string;
  readonly port?: number;
  readonly tls: UpstreamTls;
  readonly source: Field;
}

const readPolicy = (object: NativeObject, reading: GatewayApiReading): readonly PolicyTarget[] => {
  reading.objects.push(object);
  const spec = reading.snapshot.field(object).at('spec');
  if (!spec) return [];
  const namespace = object.ref.namespace ?? 'default';
  const id = `${namespace}/${object.ref.name}`;
  spec.at('options')?.leave('options belong to one implementation');
  // v1alpha2 had one target and other words for the rest.
  const target = spec.at('targetRef');
  const tls = readValidation(spec.at('validation') ?? spec.at('tls') ?? spec, namespace);
  return [...spec.list('targetRefs'), ...(target ? [target] : [])].flatMap(field => {
    const service = reading.directory.resolve(namespace, field.text('name') ?? '');
    const isService = (field.text('group') ?? '') === '' && field.text('kind') === 'Service';
    const section = field.text('sectionName');
    const port = service?.ports.find(({ name }) => name === section)?.port;
    if (!service || !isService || (section !== undefined && port === undefined)) {
      report(reading, 'GWAPI008', field, 'the policy acts on nothing: there is no such Service or port');
      return [];
    }
    return [{ id, service: service.id, ...(port === undefined ? {} : { port }), tls, source: field }];
  });
};

const readValidation = (field: Field, namespace: string): UpstreamTls => {
  const authorities = field
    .list('caCertificateRefs')
    .map(ref => objectText(readObjectReference(ref, namespace, 'ConfigMap')));
  const wellKnown = field.text('wellKnownCACertificates');
  const serverName = field.text('hostname');
  const subjectNames = field
    .list('subjectAltNames')
    .flatMap(name => name.text(name.text('type') === 'URI' ? 'uri' : 'hostname') ?? []);
  return {
    mode: written('tls', field),
    ...(serverName === undefined ? {} : { serverName }),
    // Without alternative names the certificate has to be for the server name itself.
    ...(subjectNames.length > 0 ? { subjectNames } : {}),
    authorities:
      wellKnown === undefined ? authorities : [...authorities, wellKnown === 'System' ? 'system' : wellKnown],
    source: field,
  };
};
