import { openMemory } from '../../src/store/local/open-memory.ts';
import { storeContract } from './store.ts';

storeContract({ name: 'memory', lasts: false, place: () => async options => openMemory(options) });
