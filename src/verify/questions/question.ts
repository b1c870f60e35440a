import type { Model } from '../../model/model.ts';

/** What a question is about, and what the model says; in a stable order. */
export type Answers = Readonly<Record<string, unknown>>;

/**
 * Something that one request does not show. `others` are models whose answers will be laid beside these: whatever they
 * distinguish is asked here too.
 */
export interface Question {
  readonly id: string;
  readonly title: string;
  readonly ask: (model: Model, others?: readonly Model[]) => Answers;
}
