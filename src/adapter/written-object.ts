import type { NativeObject } from '../native/snapshot.ts';
import type { Manifest } from './adapter.ts';

/** A manifest that was written, as one that can be read; it is in no file. */
export const writtenObject = (body: Manifest): NativeObject => {
  const { apiVersion, kind, metadata } = body;
  const { name, namespace } = metadata;
  return { ref: { apiVersion, kind, name, ...(namespace ? { namespace } : {}) }, body };
};
