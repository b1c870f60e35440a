import type { Source } from '../base/source.ts';
import type { Enforces } from '../model/mesh.ts';
import type { Opaque } from '../model/model.ts';
import { Notes } from './findings.ts';
import type { Inquiry } from './inquiry.ts';
import type { Decision, Hop } from './outcome.ts';
import type { Party } from './party.ts';

type Capability = Decision['capability'];

/** What one hop decides, in order. */
export class HopLog {
  readonly decisions: Decision[] = [];
  /** What was decided last. */
  last: Capability | undefined;
  /** Nobody will read the sentences: only what was decided last is kept. */
  readonly isSilent: boolean;

  constructor(isSilent = false) {
    this.isSilent = isSilent;
  }

  decide(capability: Capability): void {
    this.last = capability;
  }

  /** `result` is a sentence for people. */
  add(capability: Capability, result: string, at: { rule?: string; source?: Source | undefined } = {}): void {
    this.decide(capability);
    if (this.isSilent) return;
    const { rule, source } = at;
    this.decisions.push({
      capability,
      result,
      ...(rule === undefined ? {} : { rule }),
      ...(source === undefined ? {} : { source: { object: source.object, path: source.path } }),
    });
  }
}

/** A gateway always routes, also when no mesh is known to be behind it. */
const bareGateway: readonly Enforces[] = ['routing', 'resilience'];

/** All that is known of who receives in a joined mesh. */
const joinedServer: readonly Enforces[] = ['encryption'];

/** What acts for this party's traffic in one direction. */
export const enforcedBy = (party: Party, as: 'client' | 'server'): readonly Enforces[] => {
  if (party.proxy) return as === 'client' ? party.proxy.dataPlane.asClient : party.proxy.dataPlane.asServer;
  if (party.joinedWith !== undefined) return joinedServer;
  return party.gateway !== undefined && as === 'client' ? bareGateway : [];
};

const tells = ({ mesh, decisions }: Hop): string => JSON.stringify([mesh, decisions]);

const places = new WeakMap<Party, Omit<Hop, 'decisions'>>();

/** What is said of a party at every hop; a gateway or waypoint receives and sends, so it enforces what either side does. */
const standsAs = (party: Party): Omit<Hop, 'decisions'> => {
  const known = places.get(party);
  if (known) return known;
  const sides =
    party.gateway === undefined
      ? enforcedBy(party, party.at === 'server' ? 'server' : 'client')
      : [...enforcedBy(party, 'server'), ...enforcedBy(party, 'client')];
  const place = {
    at: party.at,
    ...(party.id === undefined ? {} : { workload: party.id }),
    mesh: party.proxy?.mesh.id ?? party.joinedWith ?? 'none',
    enforces: [...new Set(sides)],
  };
  places.set(party, place);
  return place;
};

/** The telling of one request, hop by hop; where inquiries are what is wanted, only what was decided last. */
export class Story {
  readonly notes: Notes;
  readonly hops: Hop[] = [];
  #last: HopLog | undefined;

  constructor(inquiries?: Inquiry[]) {
    this.notes = new Notes(inquiries);
  }

  /** Opens the next hop. */
  hop(party: Party): HopLog {
    const log = new HopLog(this.notes.listens);
    this.#last = log;
    if (!log.isSilent) this.hops.push({ ...standsAs(party), decisions: log.decisions });
    return log;
  }

  /** What the last hop decided last. */
  get lastDecided(): Capability | undefined {
    return this.#last?.last;
  }

  /** Says that something acts on the traffic that is not understood. */
  tellOpaque(things: readonly Opaque[]): void {
    for (const { id, what, source } of things) this.notes.caveat('VERIFY002', `\`${id}\` acts here: ${what}`, source);
  }

  /** Forgets the last hop if the one before it told the same: many workloads behind a backend are one story. */
  dropRepeatedHop(): void {
    if (this.notes.listens) return;
    const [last, before] = [this.hops.at(-1), this.hops.at(-2)];
    if (last?.at === 'server' && before?.at === 'server' && tells(last) === tells(before)) this.hops.pop();
  }
}
