import type { Field } from '../../../base/field.ts';
import type { Source } from '../../../base/source.ts';
import type { NativeObject } from '../../../native/snapshot.ts';
import type { validationFindings } from './findings.ts';

/** Says that Istio refuses what stands at a place, and why. */
export type Tell = (code: keyof typeof validationFindings, at: Source, message: string, hint?: string) => void;

/** What Istio's webhook demands of the objects of one kind beyond their schema. `spec` is present. */
export type KindRules = (spec: Field, tell: Tell, object: NativeObject) => void;
