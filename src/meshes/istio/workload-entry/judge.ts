import type { WriteTarget } from '../../../adapter/adapter.ts';
import { refused } from '../../../adapter/disposition.ts';
import type { Judge } from '../../../adapter/judge.ts';

/** A machine that has a WorkloadEntry or WorkloadGroup keeps it; none is written for others. */
export const machineJudge = ({ snapshot }: WriteTarget): Pick<Judge, 'machine'> => ({
  machine: ({ id, kind, namespace, name }) =>
    snapshot.find('networking.istio.io', kind, namespace, name)
      ? 'applied'
      : refused(
          'machine',
          `\`${id}\` is no member of the mesh, and no Service leads to it: no WorkloadEntry is written`,
          {
            workaround:
              'run the proxy of Istio on the machine and write a WorkloadEntry with its address, labels and account',
          },
        ),
});
