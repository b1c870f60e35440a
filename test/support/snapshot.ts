import { loadAll } from 'js-yaml';
import { type NativeObject, Snapshot } from '../../src/native/snapshot.ts';

interface Body {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Objects from YAML written in a test. Each document is one object; `file` and `document` are set as a file would. */
export const objectsFrom = (yaml: string): NativeObject[] =>
  (loadAll(yaml) as (Body | null)[]).flatMap((body, document) => {
    if (!body) return [];
    const { apiVersion, kind, metadata } = body;
    const { name, namespace } = metadata;
    const ref = { apiVersion, kind, name, ...(namespace ? { namespace } : {}), file: 'test.yaml', document };
    return [{ ref, body: body as unknown as Record<string, unknown> }];
  });

/** A snapshot of what a test wrote. `whole`: nothing else exists, as in a cluster. */
export const snapshotFrom = (yaml: string, extent: 'whole' | 'partial' = 'partial'): Snapshot =>
  new Snapshot(objectsFrom(yaml), extent);
