import type { ModelPart } from '../../model/model.ts';
import { placeRules } from './destination-rule/placement.ts';
import { readDestinations } from './destination-rule/read.ts';
import { groupRules, readRules, reportIgnored } from './destination-rule/rules.ts';
import { subsetIndex } from './destination-rule/subsets.ts';
import type { Reading } from './reading.ts';
import { readExposures } from './service-entry/exposures.ts';
import { meshFrontends, readVirtualServices } from './virtual-service/read.ts';

/** Where requests go and how they get there: everything that clients' proxies and gateways do. */
export const readTraffic = (reading: Reading): ModelPart => {
  const groups = groupRules(readRules(reading));
  for (const group of groups) reportIgnored(reading, group);
  const placed = placeRules(reading, groups);
  const subsets = subsetIndex(placed);
  const { all, delegates } = readVirtualServices(reading);
  return {
    frontends: meshFrontends(reading, all, delegates, subsets),
    // Last, because patterns take services that only other objects mention.
    destinations: readDestinations(reading, placed),
    exposures: readExposures(reading),
  };
};
