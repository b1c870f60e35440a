import { isOurs } from '../../api/read-object.ts';
import { isSame } from '../../base/same.ts';
import type { ObjectRef } from '../../base/source.ts';
import { type Status, statusesAfter } from '../../engine/apply/status.ts';
import { identityOfManifest } from '../../engine/plan/ownership.ts';
import { type Plan, plan } from '../../engine/plan/plan.ts';
import { asWritten } from '../../engine/plan/steps.ts';
import { type NativeObject, Snapshot } from '../../native/snapshot.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { only, readObjects, type SelectionOptions, select } from '../objects/selection.ts';
import { assumedMeshes } from '../planning/options.ts';
import { printDocument } from '../print.ts';

export interface DescribeOptions extends SelectionOptions {
  readonly output: 'text' | 'json' | 'yaml';
  readonly mesh: readonly string[];
  readonly owner: string;
}

/** An object that is there because of another, as a whole or in part. */
export interface Child {
  readonly object: ObjectRef;
  readonly mesh: string;
  /** `whole`: it would not be there. `part`: it would say something else. */
  readonly share: 'whole' | 'part';
}

export interface Description {
  readonly object: NativeObject;
  readonly status: Status | undefined;
  readonly children: readonly Child[];
}

/** `supergloo describe`: one object, what became of it in each mesh, and what is written because of it. */
export const describeCommand = async (words: readonly string[], options: DescribeOptions): Promise<ExitCode> => {
  const objects = await readObjects(options);
  const description = await describe(only(select(objects, words, options)), objects, options);
  if (options.output === 'text') {
    const { descriptionText } = await import('../text/description.ts');
    process.stdout.write(descriptionText(description, Date.now()));
  } else {
    const { object, status, children } = description;
    const fields = { object: asWritten(object.body), ...(status ? { status } : {}), children, findings: [] };
    printDocument('Description', fields, options.output);
  }
  return exitCodes.done;
};

/** What follows from an object is what is different without it. */
const describe = async (
  object: NativeObject,
  objects: readonly NativeObject[],
  options: DescribeOptions,
): Promise<Description> => {
  const known = { owner: options.owner, assume: assumedMeshes(options, new Snapshot(objects)) };
  const made = await plan(new Snapshot(objects), known);
  const without = await plan(new Snapshot(objects.filter(one => one !== object)), known);
  const [fresh] = statusesAfter(made, [object], new Date().toISOString());
  const stored = object.body.status as Status | undefined;
  return {
    object,
    status: isOurs(object) ? (stored ?? fresh?.status) : undefined,
    children: childrenOf(made, without),
  };
};

const childrenOf = (made: Plan, without: Plan): readonly Child[] => {
  const others = new Map(
    without.meshes.flatMap(({ objects }) => objects.map(object => [identityOfManifest(object), object] as const)),
  );
  return made.meshes.flatMap(({ mesh, objects }) =>
    objects.flatMap((object): readonly Child[] => {
      const other = others.get(identityOfManifest(object));
      if (other && isSame(other, object)) return [];
      const { apiVersion, kind, metadata } = object;
      const { name, namespace } = metadata;
      const ref = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
      return [{ object: ref, mesh: mesh.id, share: other ? 'part' : 'whole' }];
    }),
  );
};
