import type { Adapter } from '../../adapter/adapter.ts';
import { capabilities } from './capabilities.ts';
import { detect } from './detect.ts';
import { adapterFindings } from './findings.ts';
import { assumedMesh } from './mesh.ts';
import { read } from './read.ts';
import { write } from './write.ts';

/** Envoy by itself, started with a bootstrap that holds everything: a target, and never a source. See docs/meshes/envoy.md. */
export const adapter: Adapter = {
  id: 'envoy',
  title: 'Envoy',
  isTargetOnly: true,
  resources: [],
  findings: adapterFindings,
  capabilities,
  regex: { dialect: 're2', anchoring: 'full' },
  detect,
  read,
  assume: assumedMesh,
  write,
};
