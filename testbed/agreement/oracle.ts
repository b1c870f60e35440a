/** What a mesh says of itself, beside what requests show: about waits that nobody waits for, and what chance decides. */

/** One thing that decides about requests, by where it stands. */
export interface Fact {
  /** What it is about: the same word in every oracle. */
  readonly about: string;
  readonly place: string;
  readonly said: string;
}

/** A fact of an oracle, with what the model says of the same. */
export interface Testimony {
  readonly oracle: string;
  readonly about: string;
  readonly place: string;
  readonly predicted: string;
  readonly said: string;
}

const keyOf = ({ about, place }: Fact): string => `${about} of ${place}`;

/** What an oracle tells, laid beside what is predicted; what it does not speak of is not compared. */
export const compared = (oracle: string, told: readonly Fact[], predicted: readonly Fact[]): readonly Testimony[] => {
  const known = new Map(predicted.map(fact => [keyOf(fact), fact.said]));
  return told.map(fact => ({ oracle, ...fact, predicted: known.get(keyOf(fact)) ?? 'nothing' }));
};

export const disagrees = ({ predicted, said }: Testimony): boolean => predicted !== said;

export const testimonyText = ({ oracle, about, place, predicted, said }: Testimony): string =>
  `${oracle}: ${about} of ${place}: predicted ${predicted}, told ${said}`;
