import type { Model } from '../../src/model/model.ts';
import { tellApart as tellAnswersApart } from '../../src/verify/answers.ts';

/** A difference between the answers of two models, in words; undefined if there is none. */
export const tellApart = (a: Model, b: Model): string | undefined =>
  tellAnswersApart(a, b) ?? (ruleNames(a) === ruleNames(b) ? undefined : 'the names by which rules are explained');

const ruleNames = ({ frontends }: Model): string =>
  JSON.stringify(frontends.map(({ rules }) => rules.map(({ action }) => action.name)));
