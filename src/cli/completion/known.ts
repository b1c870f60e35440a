import { apiKinds } from '../../api/kinds/kinds.ts';
import { pluralOf } from '../objects/kinds.ts';
import { findStore, openStore } from '../stores/store-place.ts';

/** What can be named: our own kinds, and the objects of the store. */
export interface Known {
  readonly own: readonly { readonly value: string; readonly meaning: string; readonly words: readonly string[] }[];
  readonly objects: readonly {
    readonly kind: string;
    readonly plural: string;
    readonly name: string;
    readonly namespace?: string;
    /** `SERVICE.NAMESPACE`. */
    readonly address: string;
  }[];
}

/** Nobody waits longer for a list of names; whoever asks has a shell that stands still. */
const patienceMs = 200;

/** What the store says in good time; without it, only our own kinds. */
export const knownInStore = async (): Promise<Known> => {
  const own = apiKinds.map(({ kind, plural, shortNames, meaning }) => ({
    value: plural,
    meaning: meaning.split('. ')[0] ?? '',
    words: [plural, kind.toLowerCase(), ...shortNames],
  }));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Known['objects']>(resolve => {
    timer = setTimeout(() => resolve([]), patienceMs);
  });
  try {
    return { own, objects: await Promise.race([storedNames(), late]) };
  } catch {
    return { own, objects: [] };
  } finally {
    clearTimeout(timer);
  }
};

const storedNames = async (): Promise<Known['objects']> => {
  const place = findStore();
  if (!place) return [];
  const store = await openStore(place);
  const { items } = await store.list();
  return items.map(({ kind, metadata: { name, namespace } }) => ({
    kind,
    plural: pluralOf(kind),
    name,
    ...(namespace === undefined ? {} : { namespace }),
    address: `${name}.${namespace ?? 'default'}`,
  }));
};
