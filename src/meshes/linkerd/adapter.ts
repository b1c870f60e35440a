import type { Adapter } from '../../adapter/adapter.ts';
import { capabilities } from './capabilities.ts';
import { detect } from './detect.ts';
import { linkerdFindings } from './findings.ts';
import { assumedMesh } from './mesh.ts';
import { read } from './read.ts';
import { resources } from './resources.ts';
import { write } from './write.ts';

/** Linkerd 2. See docs/meshes/linkerd.md. */
export const adapter: Adapter = {
  id: 'linkerd',
  title: 'Linkerd',
  resources,
  findings: linkerdFindings,
  capabilities,
  regex: { dialect: 'rust', anchoring: 'full' },
  detect,
  read,
  assume: () => assumedMesh(),
  write,
  validate: async snapshot => (await import('./validate.ts')).validate(snapshot),
};
