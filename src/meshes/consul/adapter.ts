import type { Adapter } from '../../adapter/adapter.ts';
import { capabilities } from './capabilities.ts';
import { forms } from './config-entry.ts';
import { detect } from './detect.ts';
import { consulFindings } from './findings.ts';
import { assumedMesh } from './mesh.ts';
import { read } from './read.ts';
import { resources } from './resources.ts';
import { validate } from './validate.ts';
import { write } from './write.ts';

/** Consul's service mesh, in the community edition. See docs/meshes/consul.md. */
export const adapter: Adapter = {
  id: 'consul',
  title: 'Consul',
  // Namespaces are a feature of the enterprise edition; without them a service is its name.
  hasGlobalNames: true,
  resources,
  findings: consulFindings,
  capabilities,
  regex: { dialect: 're2', anchoring: 'full' },
  detect,
  read,
  assume: assumedMesh,
  write,
  forms,
  validate,
};
