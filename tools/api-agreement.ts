/**
 * `npm run api-agreement [EACH] [SEED]`: a real API server takes the CustomResourceDefinitions, and says of many objects
 * whether it would take them and with which defaults. What it says is written to `testdata/api`, where every test run
 * holds our own checks against it.
 */

import { askAll, installDefinitions } from '../testbed/api/ask.ts';
import { cases, metadataCases } from '../testbed/api/cases.ts';
import { schemaDigests, writeVerdicts } from '../testbed/api/verdicts.ts';
import { build } from '../testbed/build/build.ts';
import { claimOwnBed } from '../testbed/e2e/own-bed.ts';
import { BedFailure, CannotRun } from '../testbed/failures.ts';
import { node, nodeHosts } from '../testbed/kubernetes/cluster.ts';
import { startKubernetes } from '../testbed/kubernetes/control-plane.ts';
import { goInside } from '../testbed/machine/inside.ts';
import { makeBridge, makeNamespace } from '../testbed/machine/namespaces.ts';
import { cannotRun } from '../testbed/machine/needs.ts';
import { versions } from '../testbed/versions.ts';

const say = (line: string): void => console.log(line);

const inside = async (root: string, [each = '45', seed = '1']: readonly string[]): Promise<number> => {
  const api = await startKubernetes();
  await installDefinitions(api);
  say(`Kubernetes ${versions.kubernetes} takes the definitions`);
  const verdicts = await askAll(api, [...cases(Number(seed), Number(each)), ...metadataCases]);
  writeVerdicts(root, { kubernetes: versions.kubernetes, schemas: schemaDigests(), verdicts });
  const refused = verdicts.filter(one => one.refused);
  say(`${verdicts.length} objects, of which ${refused.length} are refused`);
  return 0;
};

const outside = async (root: string, args: readonly string[]): Promise<number> => {
  const reasons = cannotRun();
  if (reasons.length > 0) throw new CannotRun(reasons);
  await build(['etcd', 'kubernetes'], say);
  const release = await claimOwnBed(root);
  try {
    makeNamespace(node.namespace, { hosts: nodeHosts });
    makeBridge(node.namespace, `${node.address}/${node.network}`);
    return (await goInside(node.namespace, root, ['api-agreement', '--inside', ...args])) ?? 1;
  } finally {
    await release();
  }
};

export const main = async (root: string, [first, ...rest]: readonly string[]): Promise<number> => {
  try {
    const args = first === undefined ? [] : [first, ...rest];
    return process.exit(await (first === '--inside' ? inside(root, rest) : outside(root, args)));
  } catch (error) {
    if (!(error instanceof CannotRun || error instanceof BedFailure)) throw error;
    say(error.message);
    return error instanceof CannotRun ? 3 : 1;
  }
};
