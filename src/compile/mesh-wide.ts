import type { Field } from '../base/field.ts';
import { type Finding, findingOf } from '../base/finding.ts';
import { isSame } from '../base/same.ts';
import { objectTitle, written } from '../base/source.ts';
import type { Mesh } from '../model/mesh.ts';
import type { ModelPart } from '../model/model.ts';
import type { Overruled } from './effective.ts';
import { compileFindings } from './findings.ts';
import type { Policy } from './policy.ts';

export interface MeshWide {
  readonly part: ModelPart;
  readonly overruled: readonly Overruled[];
  readonly findings: readonly Finding[];
}

/**
 * What Mesh objects say of the whole mesh. What none of them says stays as the mesh has it; of two that say one thing the
 * first counts.
 */
export const meshWide = (objects: readonly Policy[], mesh: Mesh): MeshWide => {
  const overruled: Overruled[] = [];
  const findings: Finding[] = [];
  const pick = (...keys: readonly string[]): Field | undefined => {
    const [field, ...others] = objects.flatMap(({ spec }) => spec.find(...keys) ?? []);
    if (!field) return undefined;
    for (const other of others) {
      overruled.push({ field: other, by: field });
      if (isSame(other.value, field.value)) continue;
      const [first, second] = [field, other].map(({ object }) => objectTitle(object));
      const what = keys.join('.');
      const message = `${first} and ${second} both say \`${what}\` of one mesh; what ${first} says counts`;
      findings.push(findingOf(compileFindings, 'POLICY002', other, message));
    }
    return field;
  };
  return { part: partOf(pick, mesh), overruled, findings };
};

type Pick = (...keys: readonly string[]) => Field | undefined;

const partOf = (pick: Pick, mesh: Mesh): ModelPart => {
  const scope = { mesh: mesh.id };
  const mode = pick('mtls', 'mode');
  const stance = pick('access', 'default');
  const unknown = pick('egress', 'unknownHosts');
  const log = pick('telemetry', 'accessLog');
  const tracing = pick('telemetry', 'tracingPercent');
  const reports = log ?? tracing;
  const isDenied = stance?.asText() === 'Deny';
  const percent = tracing?.asNumber();
  const isLogged = log?.asBoolean();
  return {
    encryption: mode
      ? [
          {
            id: `${mesh.id} mTLS`,
            scope,
            mode: written(mode.asText() === 'Strict' ? 'strict' : 'permissive', mode),
            source: mode,
          },
        ]
      : [],
    access: stance
      ? [
          {
            id: `${mesh.id} default`,
            scope,
            tier: 2,
            rules: [],
            otherwise: isDenied ? 'deny' : 'allow',
            source: stance,
          },
        ]
      : [],
    egress: unknown
      ? [
          {
            id: `${mesh.id} egress`,
            clients: scope,
            mode: written(unknown.asText() === 'Deny' ? 'deny' : 'allow', unknown),
            deniedStatus: 502,
            source: unknown,
          },
        ]
      : [],
    telemetry: reports
      ? [
          {
            id: `${mesh.id} telemetry`,
            scope,
            ...(isLogged === undefined ? {} : { accessLog: { enabled: isLogged } }),
            ...(percent === undefined ? {} : { tracing: { enabled: percent > 0, samplingPercent: percent } }),
            source: reports,
          },
        ]
      : [],
  };
};
