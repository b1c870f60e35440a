import { type Asked, canTurn, turned } from './asked.ts';

/** A place in the tree: what is asked next, and what follows either answer. */
interface Junction<D> {
  asked?: Asked;
  yes?: Junction<D>;
  no?: Junction<D>;
  /** Nothing more is asked. */
  isEnd?: true;
  /** Answers that nobody can give after those before. */
  readonly closed: Set<boolean>;
  /** The last request of each class that came by. */
  readonly passed: Map<object, D>;
}

/** A question that was only answered in one way so far. */
export interface OpenEdge<D> {
  /** The answers before it, and the one that nobody gave. */
  readonly wanted: readonly Asked[];
  /** A request of the class in hand that gave the answers before it; none of that class may have come there. */
  readonly from: D | undefined;
  /** Says that nobody ever will: what is asked there cannot be answered so after the answers before it. */
  readonly close: () => void;
}

const after = <D>({ yes, no }: Junction<D>, holds: boolean): Junction<D> | undefined => (holds ? yes : no);

const junction = <D>(): Junction<D> => ({ closed: new Set(), passed: new Map() });

/**
 * All that was asked behind the middle of the way of requests that came there in one state. Which questions follow
 * depends on that state and on the answers alone, so that requests of whatever classes grow the same tree.
 */
export class Arrivals<D> {
  private readonly root: Junction<D> = junction();
  private any = false;

  get isEmpty(): boolean {
    return !this.any;
  }

  /**
   * Takes in what was asked of a request of one class; whether that fits what was asked of others. If it does not, the
   * state does not hold all that the rest of the way depends on.
   */
  add(of: object, request: D, trace: readonly Asked[]): boolean {
    let at = this.root;
    at.passed.set(of, request);
    for (const asked of trace) {
      if (at.isEnd || (at.asked && at.asked.key !== asked.key)) return false;
      at.asked ??= asked;
      const next = after(at, asked.holds) ?? junction<D>();
      if (asked.holds) at.yes = next;
      else at.no = next;
      next.passed.set(of, request);
      at = next;
    }
    this.any = true;
    if (at.asked) return false;
    at.isEnd = true;
    return true;
  }

  /** The questions that are still to be turned, as long as there are; the tree may grow meanwhile. */
  *open(of: object): Generator<OpenEdge<D>> {
    yield* this.openBelow(this.root, undefined, of);
  }

  private *openBelow(at: Junction<D>, before: Trail | undefined, of: object): Generator<OpenEdge<D>> {
    const { asked } = at;
    if (!asked) return;
    for (const holds of [asked.holds, !asked.holds]) {
      const trail = { asked, holds, before };
      const isOpen = !after(at, holds) && !at.closed.has(holds) && canTurn(asked);
      if (isOpen) yield { wanted: along(trail), from: at.passed.get(of), close: () => at.closed.add(holds) };
      const next = after(at, holds);
      if (next?.asked) yield* this.openBelow(next, trail, of);
    }
  }
}

/** The way to a junction, from its end. */
interface Trail {
  readonly asked: Asked;
  readonly holds: boolean;
  readonly before: Trail | undefined;
}

const along = (trail: Trail): readonly Asked[] => {
  const answers: Asked[] = [];
  for (let at: Trail | undefined = trail; at; at = at.before) {
    answers.push(at.asked.holds === at.holds ? at.asked : turned(at.asked));
  }
  return answers.reverse();
};
