import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A folder of reference material that is kept beside the project and is no part of it; undefined where it is absent.
 * `SUPERGLOO_SHARED` names another place.
 */
export const sharedFolder = (root: string, name: string): string | undefined => {
  const folder = join(process.env.SUPERGLOO_SHARED ?? join(root, '..', 'shared'), name);
  return existsSync(folder) ? folder : undefined;
};
