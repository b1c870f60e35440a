import { type Finding, findingOf } from '../../base/finding.ts';
import type { Policy } from '../../compile/policy.ts';
import type { Mesh } from '../../model/mesh.ts';
import { engineFindings } from '../findings.ts';

/** Wishes for a mesh that is not there: in each mesh that is there they are for another one, and would be told of nowhere. */
export const forNoMesh = (policies: readonly Policy[], meshes: readonly Mesh[]): readonly Finding[] => {
  const types = new Set(meshes.map(({ type }) => type));
  const own = policies.filter(({ kind }) => kind === 'Mesh');
  const names = new Set([...meshes.flatMap(({ id, type }) => [id, type]), ...own.map(({ name }) => name)]);
  return [
    ...own.flatMap(({ spec }) => {
      const type = spec.at('type');
      return type && !types.has(type.asText() ?? '')
        ? [findingOf(engineFindings, 'PLAN002', type, `there is no mesh of the type \`${type.asText()}\` here`)]
        : [];
    }),
    ...policies.flatMap(({ spec }) =>
      spec.list('targetRefs').flatMap(ref => {
        const name = ref.at('name');
        return name && ref.text('kind') === 'Mesh' && !names.has(name.asText() ?? '')
          ? [findingOf(engineFindings, 'PLAN002', name, `there is no mesh \`${name.asText()}\` here`)]
          : [];
      }),
    ),
  ];
};
