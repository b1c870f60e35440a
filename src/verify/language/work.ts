/**
 * Work done by automata so far, in moves of single tables. What is remembered counts again what it cost when it was
 * found, so that a budget ends at the same place whatever was asked before.
 */
let done = 0;

export const workDone = (): number => done;

export const countWork = (moves: number): void => {
  done += moves;
};
