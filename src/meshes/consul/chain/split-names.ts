import { ownershipLabel } from '../../../adapter/adapter.ts';
import { digest } from '../../../base/digest.ts';
import { type Labels, selects } from '../../../model/scope.ts';
import { metadataOf, type NativeObject } from '../../../native/snapshot.ts';
import type { Entry } from '../reading.ts';

/**
 * Where one route of several splits, its shares need a name of their own, which has a splitter and no instances. It is
 * made of what is in it, so that it is the same whenever the same is written.
 */
export const splitName = (service: string, content: unknown): string =>
  `${service}-split-${digest(JSON.stringify(content))}`;

/** Whether an entry is of such a name: nobody dials it. */
export const isOwnSplit = ({ name, object }: Pick<Entry, 'name' | 'object'>): boolean =>
  /-split-[0-9a-z]+$/.test(name) && [metadataOf(object).labels, metaOf(object)].some(isMarked);

const isMarked = (labels: Labels): boolean => selects(ownershipLabel, labels);

/** An entry of the API has metadata in place of labels. */
const metaOf = ({ body }: NativeObject): Labels => (body as { readonly Meta?: Labels }).Meta ?? {};
