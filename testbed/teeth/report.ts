import type { CapabilityId } from '../../src/model/capability.ts';
import { cells } from '../agreement/report.ts';
import type { Bite } from './bite.ts';
import type { Overlooking } from './comparisons.ts';

export const teethTitle = 'Teeth';

const told = (text: string): string => text.replaceAll('|', '\\|').replaceAll('`', "'");

/** Which planted errors the records have noticed, and of which capabilities nothing could be noticed. */
export const teethSection = (
  bites: readonly Bite[],
  untried: readonly (readonly [CapabilityId, string])[],
  meshes: readonly string[],
  comparisons: readonly Overlooking[],
): string =>
  [
    `## ${teethTitle}`,
    '',
    '`npm run agreement -- --teeth` plants an error in the model for each capability and holds what was recorded against it.',
    'It fails if one is noticed nowhere, and so does `npm test`. Numbers are configurations whose records contradict the error.',
    '',
    cells(['capability', 'error', ...meshes, 'for example']),
    `| --- | --- | ${meshes.map(() => '--:').join(' | ')} | --- |`,
    ...bites.map(({ capability, error, noticed, example }) =>
      cells([capability, error.what, ...meshes.map(mesh => noticed[mesh] ?? 0), told((example ?? '').slice(0, 100))]),
    ),
    '',
    'What was seen of pairs contradicts a comparison of models with such an error in both, in so many pairs:',
    '',
    ...comparisons.map(({ capability, what, noticed }) => `- ${capability}, ${what}: ${noticed.length}`),
    '',
    'No error is planted where nothing in a bed could show it:',
    '',
    ...untried.map(([capability, why]) => `- ${capability}: ${why}`),
    '',
  ].join('\n');
