/** Errors about who gets in, how connections are protected, and what is outside. */
import type { AccessAttribute } from '../../src/model/capabilities/access.ts';
import type { CapabilityId } from '../../src/model/capability.ts';
import { at, each, inAccessRules, inDestinations, inFrontends, nothing, withoutConditions } from './edits.ts';
import { error, type PlantedError, type Untried } from './error.ts';

const about = (...attributes: readonly string[]) =>
  withoutConditions(({ attribute }) => isOneOf(attribute, attributes));

const isOneOf = (attribute: AccessAttribute, beginnings: readonly string[]): boolean =>
  beginnings.some(beginning => attribute === beginning || attribute.startsWith(beginning));

export const protectionErrors = {
  'encryption-mode': error('STRICT lets plaintext in', model =>
    at(model, 'encryption', all =>
      each(all, one => (one.mode.value === 'strict' ? { ...one, mode: { ...one.mode, value: 'permissive' } } : one)),
    ),
  ),
  'upstream-tls': error(
    'what clients are told about TLS is ignored',
    inDestinations(settings => at(settings, 'tls', nothing)),
  ),
  'access-identity': error('who calls does not matter', about('peer.')),
  'access-deny': error(
    'denials are forgotten',
    inAccessRules(rule => (rule.effect === 'deny' ? undefined : rule)),
  ),
  'access-request': error('what is asked for does not matter', about('request.path', 'request.method', 'request.host')),
  'access-header': error('headers do not matter', about('request.header:')),
  'access-address': error('where a request comes from does not matter', about('peer.address', 'client.address')),
  'access-token': error('no token is demanded', about('token.')),
  'access-external': { untried: 'the bed has no authoriser' },
  'access-audit': error(
    'what is only to be recorded is denied',
    inAccessRules(rule => (rule.effect === 'audit' ? { ...rule, effect: 'deny' } : rule)),
  ),
  'egress-default': { untried: 'nothing outside of the bed is asked' },
  'egress-hosts': { untried: 'nothing outside of the bed is asked' },
  machine: { untried: 'the bed has no machines' },
  visibility: error('callers of a joined mesh reach everything', model =>
    at(model, 'meshes', all =>
      each(all, mesh =>
        mesh.joined ? { ...mesh, joined: mesh.joined.map(one => ({ ...one, reaches: ['*'] })) } : mesh,
      ),
    ),
  ),
  gateway: error(
    'behind listeners there are no routes',
    inFrontends(frontend => (frontend.listens.kind === 'listener' ? undefined : frontend)),
  ),
  'not-understood': { untried: 'there is nothing to predict' },
  telemetry: { untried: 'it never changes what happens to a request' },
} satisfies Partial<Record<CapabilityId, PlantedError | Untried>>;
