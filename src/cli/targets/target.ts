import type { ObjectRef } from '../../base/source.ts';
import type { Status } from '../../engine/apply/status.ts';
import type { Plan } from '../../engine/plan/plan.ts';
import type { Step } from '../../engine/plan/steps.ts';
import type { NativeObject } from '../../native/snapshot.ts';

/** Where a plan is carried out. Nothing is written by anything but the last three methods. */
export interface Target {
  /** What stands there beside what the user named, as it counts for the plan. */
  readonly objects: readonly NativeObject[];
  /** What becomes there of the objects that the user named; empty where they stay in their files. */
  readonly taken: readonly Taken[];
  /** What a plan stands on: the files in a folder, or the objects of a store with their versions. */
  readonly state: Readonly<Record<string, string>>;
  /** Whether it was adopted before: a user's object of which we changed a part. */
  readonly isAdopted: (object: ObjectRef) => boolean;
  /** The step as it is taken there, on an object of the user's that is adopted. */
  readonly adopting: (step: Step) => Step;
  /** Why a step cannot be taken there; undefined: it can. */
  readonly obstacle: (step: Step) => string | undefined;
  /** Steps that give back what was adopted and no mesh wants any more. */
  readonly releases: (plan: Plan) => Promise<readonly Step[]>;
  readonly takeUp: (taken: Taken) => Promise<void>;
  readonly carryOut: (step: Step) => Promise<void>;
  readonly writeStatus: (object: NativeObject, status: Status) => Promise<void>;
}

/** An object that the user named, on its way into a store or out of it. */
export interface Taken {
  readonly action: 'create' | 'update' | 'delete' | 'keep';
  /** As it will be there; its source is the file. */
  readonly object: NativeObject;
  readonly before?: Readonly<Record<string, unknown>>;
}
