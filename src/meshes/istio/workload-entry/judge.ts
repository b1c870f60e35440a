import type { WriteTarget } from '../../../adapter/adapter.ts';
import type { Judge } from '../../../adapter/judge.ts';
import { lostMachine } from '../../../adapter/lost-machine.ts';
import type { Model } from '../../../model/model.ts';

/** A machine that has a WorkloadEntry or WorkloadGroup keeps it; none is written for others. */
export const machineJudge = (model: Model, { snapshot }: WriteTarget): Pick<Judge, 'machine'> => ({
  machine: ({ id, kind, namespace, name }) =>
    snapshot.find('networking.istio.io', kind, namespace, name)
      ? 'applied'
      : lostMachine(
          `\`${id}\` is no member of the mesh, and no Service leads to it: no WorkloadEntry is written`,
          model,
          'run the proxy of Istio on the machine and write a WorkloadEntry with its address, labels and account',
        ),
});
