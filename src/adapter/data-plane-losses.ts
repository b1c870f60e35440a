import type { CapabilityId } from '../model/capability.ts';
import { type DataPlane, type Mesh, type PathNormalization, pathNormalizationOf } from '../model/mesh.ts';
import type { Model } from '../model/model.ts';
import type { Disposition, Loss } from './disposition.ts';
import { refused } from './disposition.ts';

/** A way in which proxies behave that no configuration asked for, and what is different with another one. */
interface Fact {
  readonly name: keyof DataPlane;
  readonly capability: CapabilityId;
  /** What is lost when one data plane takes the place of the other; undefined if nothing in the model depends on it. */
  readonly loss: (from: DataPlane, to: DataPlane, model: Model) => Loss | undefined;
}

const finders: Readonly<Record<DataPlane['findsRoutesBy'], string>> = {
  authority: 'the Host of a request',
  address: 'the address that was dialled',
};

/** What is done to paths before they are compared, the least first. */
const thoroughness: readonly PathNormalization[] = ['none', 'base', 'mergeSlashes', 'decodeAndMergeSlashes'];

const facts: readonly Fact[] = [
  {
    name: 'opensMtls',
    capability: 'encryption-mode',
    loss: (from, to) =>
      from.opensMtls && !to.opensMtls
        ? refused('mesh-encryption', 'workloads encrypt without being told; in the target nothing does', {
            severity: 'security',
            workaround: 'convert to a mesh that encrypts, or accept this loss where something else does',
          }).loss
        : undefined,
  },
  {
    name: 'findsRoutesBy',
    capability: 'authority-match',
    loss: (from, to, model) =>
      from.findsRoutesBy !== to.findsRoutesBy && dependsOnService(model)
        ? refused(
            'routes-found',
            `routes are found by ${finders[to.findsRoutesBy]}, not by ${finders[from.findsRoutesBy]}: a request whose Host is not the name of what was dialled goes another way`,
          ).loss
        : undefined,
  },
  {
    name: 'pathNormalization',
    capability: 'path-exact',
    loss: (from, to, model) => {
      const received = normalizations(from, to, 'server');
      if (received && accessLooksAt(model, 'request.path')) {
        // With less of it, `/open/../closed` is what a rule for `/open` lets through.
        const isLess = thoroughness.indexOf(received.after) < thoroughness.indexOf(received.before);
        return refused('path-normalization', received.message, { severity: isLess ? 'security' : 'behaviour' }).loss;
      }
      const sent = normalizations(from, to, 'client');
      const isRouted = model.frontends.some(({ rules }) => rules.some(({ match }) => match.path));
      return sent && isRouted ? refused('path-normalization', sent.message).loss : undefined;
    },
  },
  {
    name: 'trustsForwardedFor',
    capability: 'access-address',
    loss: (from, to, model) =>
      from.trustsForwardedFor !== to.trustsForwardedFor && accessLooksAt(model, 'client.address')
        ? refused(
            'forwarded-for',
            to.trustsForwardedFor
              ? 'what a caller says of its own address in X-Forwarded-For is believed'
              : 'the address of a client behind another proxy is not seen',
            { severity: 'security' },
          ).loss
        : undefined,
  },
  {
    name: 'hidesPeerAddress',
    capability: 'access-address',
    loss: (from, to, model) =>
      from.hidesPeerAddress !== to.hidesPeerAddress && accessLooksAt(model, 'peer.address')
        ? refused(
            'peer-address',
            to.hidesPeerAddress
              ? 'the address that a connection comes from is seen by no rule'
              : 'the address that a connection comes from is seen by rules, which it was kept from',
            { severity: 'security' },
          ).loss
        : undefined,
  },
  {
    name: 'failedTokenCountsAs',
    capability: 'access-token',
    loss: (from, to, { requestAuthentication }) => {
      if (from.failedTokenCountsAs === to.failedTokenCountsAs || requestAuthentication.length === 0) return undefined;
      return to.failedTokenCountsAs === 'none'
        ? refused('failed-tokens', 'a request whose token is not in order counts as one without a token', {
            severity: 'security',
            workaround: 'ask for a token wherever one that is not in order was to be refused',
          }).loss
        : refused('failed-tokens', 'a token that is not in order is refused with 401, also where none is asked for')
            .loss;
    },
  },
  {
    name: 'unroutedTlsCountsAs',
    capability: 'tls-route',
    loss: (from, to, model) => {
      if (from.unroutedTlsCountsAs === to.unroutedTlsCountsAs || !isRoutedByName(model)) return undefined;
      return to.unroutedTlsCountsAs === 'unknown'
        ? refused('unrouted-tls', 'a TLS connection that no rule takes goes where it was dialled, past the mesh', {
            severity: 'security',
            workaround: 'write a rule for every server name that clients send',
          }).loss
        : refused('unrouted-tls', 'a TLS connection that no rule takes goes on to the service or is closed').loss;
    },
  },
];

/** Whether clients in the mesh find services by the server names that they send. */
const isRoutedByName = ({ frontends }: Model): boolean =>
  frontends.some(
    ({ protocol, listens, rules }) => protocol === 'tls' && listens.kind !== 'listener' && rules.length > 0,
  );

/** What the two do to paths, in words; undefined if it is the same. */
const normalizations = (from: DataPlane, to: DataPlane, as: 'client' | 'server') => {
  const [before, after] = [pathNormalizationOf(from, as), pathNormalizationOf(to, as)];
  const message = `paths are compared after another normalisation (\`${after}\`, before \`${before}\`)`;
  return before === after ? undefined : { before, after, message };
};

/** Whether it matters which service a request is taken to be for: it has a table, or only some callers get in. */
const dependsOnService = ({ frontends, encryption, access }: Model): boolean =>
  frontends.some(({ listens }) => listens.kind !== 'listener') ||
  encryption.some(({ mode }) => mode.value !== 'permissive') ||
  access.length > 0;

const accessLooksAt = ({ access }: Model, attribute: string): boolean =>
  access.some(({ rules }) =>
    rules.some(({ clauses }) => clauses.some(({ conditions }) => conditions.some(one => one.attribute === attribute))),
  );

/** The data plane that most workloads of a mesh are in; the first that can be, where none is known. */
const usualPlane = (mesh: Mesh, model: Model): DataPlane | undefined => {
  const counts = new Map<string, number>();
  for (const { memberships } of model.inventory.workloads) {
    for (const membership of memberships) {
      if (membership.mesh === mesh.id) counts.set(membership.mode, (counts.get(membership.mode) ?? 0) + 1);
    }
  }
  const [usual] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? Object.keys(mesh.dataPlanes);
  return usual === undefined ? undefined : mesh.dataPlanes[usual];
};

/**
 * What the proxies of the source did by themselves and those of the target do not: one disposition for each fact that
 * differs and that something in the model depends on. `model` is the source, as it was read.
 */
export const dataPlaneLosses = (model: Model, target: Mesh): readonly Disposition[] => {
  const [to] = Object.values(target.dataPlanes);
  if (!to) return [];
  return model.meshes.flatMap(mesh => {
    const from = usualPlane(mesh, model);
    if (!from) return [];
    return facts.flatMap(({ name, capability, loss }): Disposition[] => {
      const lost = loss(from, to, model);
      if (!lost) return [];
      const place = { capability, subject: mesh.id, leaf: `data plane.${name}` };
      return [{ ...place, result: 'refused', loss: lost, ...(mesh.source ? { source: mesh.source } : {}) }];
    });
  });
};
