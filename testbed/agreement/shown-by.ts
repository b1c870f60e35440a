import type { Model } from '../../src/model/model.ts';
import { differencesOf } from '../probe/judge.ts';
import { type Mistaken, mistakenFrom } from '../teeth/mistaken.ts';
import { predict, type Verdict, workloadsIn } from '../trial/trial.ts';

const isAbout = ({ names }: Mistaken, name: string): boolean => names === undefined || names.has(name);

/**
 * For each verdict about a configuration that is tried on a name, the capabilities about which a model may not be wrong unless it
 * contradicts what was seen.
 */
export const shownBy = (
  model: Model,
): ((name: string, verdicts: readonly Verdict[]) => readonly (readonly string[])[]) => {
  const workloadsOf = workloadsIn(model);
  const mistaken = mistakenFrom(model);
  return (name, verdicts) => {
    const about = mistaken.filter(one => isAbout(one, name));
    return verdicts.map(({ question, predicted, observed }) => {
      const right = JSON.stringify(predicted.outcome);
      return about
        .filter(wrong => {
          const { outcome } = predict(wrong.model, question);
          return (
            JSON.stringify(outcome) !== right && differencesOf(outcome, question, observed, workloadsOf).length > 0
          );
        })
        .map(one => one.about);
    });
  };
};
