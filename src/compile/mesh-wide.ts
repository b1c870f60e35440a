import { written } from '../base/source.ts';
import type { AccessPolicy } from '../model/capabilities/access.ts';
import type { PeerEncryption } from '../model/capabilities/encryption.ts';
import type { Telemetry } from '../model/capabilities/telemetry.ts';
import type { EgressDefault } from '../model/capabilities/visibility.ts';
import type { Mesh } from '../model/mesh.ts';
import type { ModelPart } from '../model/model.ts';
import type { Policy } from './policy.ts';

/** What a Mesh object says of the whole mesh. What it does not say stays as the mesh has it. */
export const meshWide = ({ spec }: Policy, mesh: Mesh): ModelPart => {
  const scope = { mesh: mesh.id };
  spec.at('type')?.note();
  const mode = spec.find('mtls')?.at('mode');
  const encryption: PeerEncryption[] = mode
    ? [
        {
          id: `${mesh.id} mTLS`,
          scope,
          mode: written(mode.asText() === 'Strict' ? 'strict' : 'permissive', mode),
          source: mode,
        },
      ]
    : [];
  const stance = spec.find('access')?.at('default');
  // To let everybody in is to say nothing more than the policies that there are.
  const access: AccessPolicy[] =
    stance?.asText() === 'Deny'
      ? [{ id: `${mesh.id} default`, scope, tier: 2, rules: [], otherwise: 'deny', source: stance }]
      : [];
  const unknown = spec.find('egress')?.at('unknownHosts');
  const egress: EgressDefault[] = unknown
    ? [
        {
          id: `${mesh.id} egress`,
          clients: scope,
          mode: written(unknown.asText() === 'Deny' ? 'deny' : 'allow', unknown),
          deniedStatus: 502,
          source: unknown,
        },
      ]
    : [];
  const reports = spec.at('telemetry');
  const log = reports?.boolean('accessLog');
  const tracing = reports?.number('tracingPercent');
  const telemetry: Telemetry[] = reports
    ? [
        {
          id: `${mesh.id} telemetry`,
          scope,
          ...(log === undefined ? {} : { accessLog: { enabled: log } }),
          ...(tracing === undefined ? {} : { tracing: { enabled: tracing > 0, samplingPercent: tracing } }),
          source: reports,
        },
      ]
    : [];
  return { encryption, access, egress, telemetry };
};
