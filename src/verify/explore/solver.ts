import type { Part } from '../inquiry.ts';
import type { Draft } from '../samples/draft.ts';
import type { Asked } from './asked.ts';
import { type Names, type Solved, solvePart } from './solve-part.ts';

/** Finds edits that make requests answer as wanted, each once. */
export class Solver {
  private readonly names: Names;
  private readonly solved = new Map<string, Solved>();

  constructor(names: Names) {
    this.names = names;
  }

  /** How to change one part of the draft so that it answers all of the questions to this part as wanted. */
  solve(part: Part, wanted: readonly Asked[], draft: Draft): Solved {
    const toPart = wanted.filter(one => one.part === part);
    // A token is made of the one that is there.
    if (part === 'token') return solvePart(part, toPart, draft, this.names);
    const key = toPart.reduce((before, { key: question, holds }) => `${before}${holds ? '+' : '-'}${question}`, '');
    const known = this.solved.get(key);
    if (known) return known;
    const solved = solvePart(part, toPart, draft, this.names);
    this.solved.set(key, solved);
    return solved;
  }
}
