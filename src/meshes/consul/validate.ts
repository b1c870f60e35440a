import { Field } from '../../base/field.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import { groupOf, type Snapshot } from '../../native/snapshot.ts';
import { EntryField } from './entry-field.ts';
import { type ConsulCode, consulFindings } from './findings.ts';
import { isCustomResource } from './reading.ts';
import { group } from './resources.ts';
import { exportedServices, jwtProvider, mesh, samenessGroup, serviceIntentions } from './validation/access.ts';
import { serviceResolver, serviceRouter, serviceSplitter } from './validation/chain.ts';
import { proxyDefaults, serviceDefaults, tellExtensions } from './validation/defaults.ts';
import { httpRoute, withoutSnakeCase } from './validation/gateways.ts';
import type { EntryRules, Fault, Tell } from './validation/tell.ts';

const rules: Readonly<Record<string, EntryRules>> = {
  ServiceDefaults: serviceDefaults,
  ProxyDefaults: proxyDefaults,
  ServiceRouter: serviceRouter,
  ServiceSplitter: serviceSplitter,
  ServiceResolver: serviceResolver,
  ServiceIntentions: serviceIntentions,
  JWTProvider: jwtProvider,
  Mesh: mesh,
  ExportedServices: exportedServices,
  SamenessGroup: samenessGroup,
  APIGateway: withoutSnakeCase,
  HTTPRoute: httpRoute,
  TCPRoute: withoutSnakeCase,
};

const codes: Readonly<Record<Fault, ConsulCode>> = {
  refused: 'CONSUL901',
  broken: 'CONSUL902',
  otherwise: 'CONSUL903',
  enterprise: 'CONSUL904',
};

/**
 * What Consul 1.21 refuses of an entry (`Validate` of agent/structs; rows of the experiments), what it lets in and Envoy
 * refuses, and what means something else than it says. What reading an entry tells anyway (regular expressions, services
 * that are not there, words that are none) is not told twice.
 */
export const validate = (snapshot: Snapshot): readonly Finding[] => {
  const findings: Finding[] = [];
  for (const object of snapshot.objects) {
    const check = groupOf(object.ref) === group ? rules[object.ref.kind] : undefined;
    if (!check) continue;
    const tell: Tell = (fault, at, message) => {
      findings.push(findingOf(consulFindings, codes[fault], { object: at.object, path: at.path }, message));
    };
    // A cursor of its own, so that nothing counts as read.
    const root = Field.of(object.ref, object.body);
    const isResource = isCustomResource(object);
    const field = isResource ? root.at('spec') : root;
    if (!field) continue;
    const spec = new EntryField(field, !isResource);
    check(spec, tell, object.ref.name);
    tellExtensions(spec, tell);
  }
  return findings;
};
