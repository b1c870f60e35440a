/** What every store promises, whatever is behind it. */
import { describe } from 'vitest';
import { applyingContract } from './store/applying.ts';
import { listingContract } from './store/listing.ts';
import { modelContract } from './store/model.ts';
import { type StoreKind, storesOf } from './store/setting.ts';
import { sharingContract } from './store/sharing.ts';
import { watchingContract } from './store/watching.ts';
import { writingContract } from './store/writing.ts';

export const storeContract = (kind: StoreKind): void => {
  describe(`a store: ${kind.name}`, () => {
    const stores = storesOf(kind);
    writingContract(stores);
    applyingContract(stores);
    listingContract(stores);
    watchingContract(stores);
    sharingContract(stores);
    modelContract(stores);
  });
};
