import { type Manifest, ownershipLabel } from '../../../adapter/adapter.ts';
import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import { byKey } from '../../../base/order.ts';
import type { Pod, Workload } from '../../../model/inventory.ts';
import type { Model } from '../../../model/model.ts';
import { machineIdentity, workloadGroup } from '../external-workload/read.ts';
import type { Judging } from './judging.ts';
import { knownPorts } from './known-ports.ts';

/** What has to be known to tell whether a machine takes part. */
type Known = Pick<Judging, 'model' | 'snapshot' | 'target'>;

/**
 * What an ExternalWorkload makes of a machine. It needs an address, ports and an identity, and stands for one on which a
 * proxy runs. A machine that was known by its service account is known by a SPIFFE id from then on, which is taken only
 * where it is written: fewer let it in than before.
 */
export const machineVerdict = (machine: Workload, judging: Known): Verdict<Workload> => {
  if (isThere(machine, judging)) return 'applied';
  const missing = missingFor(machine, judging);
  if (missing !== undefined) {
    return refused('machine', `\`${machine.id}\` is no member of the mesh, and no Service leads to it: ${missing}`, {
      workaround: 'write an ExternalWorkload for it, with its address, ports and identity',
    });
  }
  if (machine.identity) return 'applied';
  const id = idOf(machine, judging);
  return approximated(
    { ...machine, serviceAccount: '', identity: machineIdentity(id) },
    'machine',
    `\`${machine.id}\` is known as \`${id}\`, and not by its service account: only who names that id lets it in`,
    { workaround: 'add the id to the identities of a MeshTLSAuthentication' },
  );
};

/** Whether it is a member of the mesh afterwards. */
export const isEnrolled = (machine: Workload, judging: Known): boolean => {
  const verdict = machineVerdict(machine, judging);
  return verdict === 'applied' || verdict.result === 'approximated';
};

const isThere = ({ kind, namespace, name }: Workload, { snapshot }: Known): boolean =>
  kind === 'ExternalWorkload' && snapshot.find(workloadGroup, kind, namespace, name) !== undefined;

/** What keeps an ExternalWorkload from being written; undefined: nothing. */
const missingFor = (machine: Workload, { model, target }: Known): string | undefined => {
  const { memberships, pods = [], identity, serviceAccount } = machine;
  if (!memberships.some(({ mesh }) => mesh === target.id)) return 'no proxy runs on it';
  if (pods.length === 0 || pods.some(({ addresses }) => addresses.length === 0)) return 'its address is not known';
  const name = pods.flatMap(({ addresses }) => addresses).find(address => !isAddress(address));
  if (name !== undefined) return `\`${name}\` is no address, which an ExternalWorkload has to give`;
  if (knownPorts(machine, model).length === 0) return 'none of its ports is known';
  return identity || serviceAccount !== '' ? undefined : 'nothing says under which identity it runs';
};

const isAddress = (text: string): boolean => /^\d+(\.\d+){3}$/.test(text) || /^[\da-f]*:[\da-f:.]*$/i.test(text);

const idOf = ({ identity, namespace, serviceAccount }: Workload, { target }: Known): string =>
  identity?.kind === 'spiffe' ? identity.id : `spiffe://${target.trustDomain}/ns/${namespace}/sa/${serviceAccount}`;

/** One ExternalWorkload for each machine that has none yet; a group of them has one for each member. */
export const emitMachines = ({ inventory }: Model, judging: Judging): readonly Manifest[] =>
  inventory.workloads
    .filter(one => one.isMachine && !isThere(one, judging))
    .flatMap(machine => (machine.pods ?? []).map(member => externalWorkload(machine, member, judging)))
    .sort(byKey(({ metadata }) => `${metadata.namespace}/${metadata.name}`));

const externalWorkload = (machine: Workload, { name, addresses }: Pod, judging: Judging): Manifest => {
  const { namespace, labels } = machine;
  return {
    apiVersion: `${workloadGroup}/v1beta1`,
    kind: 'ExternalWorkload',
    metadata: { name, namespace, labels: { ...labels, ...ownershipLabel } },
    spec: {
      meshTLS: { identity: idOf(machine, judging), serverName: `${name}.${namespace}.${judging.target.trustDomain}` },
      ports: knownPorts(machine, judging.model).map(port => ({
        ...machine.ports.find(one => one.port === port),
        port,
      })),
      workloadIPs: addresses.map(ip => ({ ip })),
    },
  };
};
