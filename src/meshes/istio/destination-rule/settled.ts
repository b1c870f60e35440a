import type { Manifest, WriteTarget } from '../../../adapter/adapter.ts';
import { writtenObject } from '../../../adapter/written-object.ts';
import { isSame } from '../../../base/same.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import { ServiceDirectory } from '../../../model/directory.ts';
import type { Model } from '../../../model/model.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { readMeshConfig } from '../mesh-config.ts';
import { withNamesApart } from '../names-apart.ts';
import type { Naming } from '../virtual-service/emit.ts';
import { emitDestinationRules } from './emit.ts';
import { placeRules } from './placement.ts';
import { readDestinations } from './read.ts';
import { groupRules, readRules } from './rules.ts';

/** So often at most; nothing is known that takes more than twice. */
const rounds = 4;

/**
 * DestinationRules in a form that stays as it is when what they say is written again. Patterns make that hard: what is
 * written beside one so that clients of a namespace look past it may say less when it is read, for nobody else is told of
 * it then. So what was written is read, and written, until nothing changes.
 */
export const settledDestinationRules = (model: Model, naming: Naming, target: WriteTarget): Manifest[] => {
  const { rootNamespace } = readMeshConfig(target.snapshot);
  const emit = (destinations: readonly DestinationSettings[]) =>
    emitDestinationRules({ ...model, destinations }, naming, rootNamespace);
  let written = emit(model.destinations);
  if (model.destinations.every(settings => settings.target.service !== undefined)) return written;
  for (let round = 0; round < rounds; round += 1) {
    const again = emit(saidBy(written, model, target));
    if (isSame(again, written)) break;
    written = again;
  }
  return written;
};

const saidBy = (written: readonly Manifest[], { inventory }: Model, target: WriteTarget): DestinationSettings[] => {
  const config = readMeshConfig(target.snapshot);
  const reading = {
    snapshot: new Snapshot(withNamesApart(written).map(writtenObject), target.snapshot.extent),
    inventory,
    directory: new ServiceDirectory(inventory, config.clusterDomain),
    mesh: target.mesh,
    config,
    findings: [],
    reported: new Set<string>(),
    objects: [],
  };
  return readDestinations(reading, placeRules(reading, groupRules(readRules(reading))));
};
