import type { AccessPolicy, AccessRule, AccessValue } from '../model/capabilities/access.ts';
import { type JoinedMesh, nameInJoined } from '../model/mesh.ts';
import type { Model } from '../model/model.ts';
import { type Disposition, refused } from './disposition.ts';

const trustDomainOf = ({ identities }: JoinedMesh): string => identities.replace('spiffe://', '').split('/')[0] ?? '';

const joinedIn = ({ meshes }: Pick<Model, 'meshes'>): readonly JoinedMesh[] =>
  meshes.flatMap(({ joined = [] }) => joined);

/** The joined mesh whose callers are all that a value takes. */
const meshOf = (value: AccessValue, joined: readonly JoinedMesh[]): JoinedMesh | undefined => {
  if (value.kind === 'spiffe') return joined.find(mesh => nameInJoined(mesh, value.id) !== undefined);
  if (value.kind !== 'prefix') return undefined;
  return joined.find(mesh => value.value.startsWith(`${trustDomainOf(mesh)}/`));
};

/** The joined mesh of whose callers alone a rule speaks. */
const concernedBy = ({ clauses }: AccessRule, joined: readonly JoinedMesh[]): JoinedMesh | undefined => {
  const found = clauses.map(({ conditions }) => {
    const callers = conditions.find(({ attribute, negated }) => attribute === 'peer.identity' && !negated);
    const [first, ...others] = (callers?.values ?? []).map(value => meshOf(value, joined));
    return others.every(mesh => mesh === first) ? first : undefined;
  });
  const [first, ...others] = found;
  return others.every(mesh => mesh === first) ? first : undefined;
};

const withoutRules = (policy: AccessPolicy, joined: readonly JoinedMesh[]): AccessPolicy => {
  const rules = policy.rules.filter(rule => !concernedBy(rule, joined));
  return rules.length === policy.rules.length ? policy : { ...policy, rules };
};

/** A mesh for itself: how meshes are joined is set up at both ends, and what is said of callers who do not come is left out. */
export const withoutJoined = (model: Model): Model => {
  const joined = joinedIn(model);
  if (joined.length === 0) return model;
  return {
    ...model,
    meshes: model.meshes.map(({ joined: _, ...mesh }) => mesh),
    frontends: model.frontends.filter(({ clients }) => !joined.some(({ gateway }) => gateway === clients.gateway)),
    access: model.access.map(policy => withoutRules(policy, joined)),
  };
};

/** What is lost by `withoutJoined`: one entry for each mesh, and one for each rule that nobody meets any more. */
export const joinedLosses = (model: Model): readonly Disposition[] => {
  const joined = joinedIn(model);
  const meshes = model.meshes.flatMap(mesh =>
    (mesh.joined ?? []).map(({ name, source }): Disposition => {
      const { result, loss } = refused('visibility-joined', `callers of \`${name}\` do not come in any more`, {
        workaround: 'join the meshes by hand, at both ends, and say who of the other one may call what',
      });
      const at = source ? { source } : {};
      return { capability: 'visibility', subject: mesh.id, leaf: `joined ${name}`, result, loss, ...at };
    }),
  );
  const rules = model.access.flatMap(policy =>
    policy.rules.flatMap((rule): readonly Disposition[] => {
      const mesh = concernedBy(rule, joined);
      if (!mesh) return [];
      const { result, loss } = refused('access-joined', `nobody of \`${mesh.name}\` comes there`, { effect: 'none' });
      const source = rule.source ?? policy.source;
      const at = source ? { source } : {};
      return [{ capability: 'access-identity', subject: policy.id, leaf: rule.id, result, loss, ...at }];
    }),
  );
  return [...meshes, ...rules];
};
