import { type Finding, type FindingKinds, findingOf } from '../base/finding.ts';
import type { Source } from '../base/source.ts';
import type { Asks, Inquiry, Part } from './inquiry.ts';

/** What `verify` has to say about an answer. */
export const verifyFindings = {
  VERIFY001: {
    severity: 'warning',
    title: 'a regular expression cannot be evaluated',
    hint: 'it is taken to match nothing; rewrite it in RE2 syntax',
  },
  VERIFY002: {
    severity: 'warning',
    title: 'something that is not understood acts on this traffic',
    hint: 'check by hand what it does to this request',
  },
  VERIFY003: {
    severity: 'warning',
    title: 'a caller bypasses the waypoint of a service',
    hint: 'rules that act at the waypoint do not act on this caller',
  },
  VERIFY004: {
    severity: 'error',
    title: 'a caller bypasses a waypoint that enforces access rules',
    hint: 'enforce the rules at the servers too, or refuse callers that do not come from the waypoint',
  },
  VERIFY005: {
    severity: 'warning',
    title: 'an external authoriser has the last word',
    hint: 'the answer holds only if it lets the request pass',
  },
  VERIFY006: {
    severity: 'error',
    title: 'access rules cover a server where nothing enforces them',
    hint: 'bring the workload into the mesh, or move the rules to where a proxy stands',
  },
  VERIFY007: {
    severity: 'info',
    title: 'a service is not in the input',
    hint: 'add its manifest to the input for a firmer answer',
  },
  VERIFY008: {
    severity: 'warning',
    title: 'a workload is in two meshes at once',
    hint: 'take it out of one of them',
  },
  VERIFY009: {
    severity: 'warning',
    title: 'no workload runs behind a backend',
    hint: 'its share fails as long as none does (503 where requests are read); what is said of servers is for those that come',
  },
  VERIFY010: {
    severity: 'warning',
    title: 'an access condition looks at something that only the mesh itself knows',
    hint: 'it is taken as absent',
  },
  VERIFY011: {
    severity: 'error',
    title: 'a gateway is not in the input',
    hint: 'name one of the gateways that `discover` lists',
  },
} as const satisfies FindingKinds;

/** Gathers what an answer depends on while it is worked out; everything once. */
export class Notes {
  // Most answers depend on nothing: what holds these is made when there is something to hold.
  private found: Map<string, Finding> | undefined;
  private assumed: Set<string> | undefined;
  private asked: Set<string> | undefined;
  private readonly inquiries: Inquiry[] | undefined;

  /** Nobody reads what was assumed: so where inquiries are what is wanted. */
  readonly isTerse: boolean;

  /** `inquiries`: where to write down what is asked of the request; absent: nobody wants to know. */
  constructor(inquiries?: Inquiry[], isTerse = inquiries !== undefined) {
    this.inquiries = inquiries;
    this.isTerse = isTerse;
  }

  get listens(): boolean {
    return this.inquiries !== undefined;
  }

  /** Reports a question to the request and its answer, which is handed on. */
  inquire(part: Part, by: Inquiry['by'], asks: Asks, holds: boolean): boolean {
    this.inquiries?.push({ part, by, asks, holds });
    return holds;
  }

  caveat(code: keyof typeof verifyFindings, message: string, source?: Source): void {
    const key = `${code} ${message}`;
    this.found ??= new Map();
    if (!this.found.has(key)) this.found.set(key, findingOf(verifyFindings, code, source, message));
  }

  assume(sentence: () => string): void {
    if (this.isTerse) return;
    this.assumed ??= new Set();
    this.assumed.add(sentence());
  }

  /** An external authoriser is asked on the way. */
  askedToAgree(name: string): void {
    this.asked ??= new Set();
    this.asked.add(name);
  }

  /** Says again what was said elsewhere. */
  repeat({ found, assumed, asked }: Notes): void {
    if (found) this.found = new Map([...(this.found ?? []), ...[...found].filter(([key]) => !this.found?.has(key))]);
    if (assumed && !this.isTerse) this.assumed = new Set([...(this.assumed ?? []), ...assumed]);
    if (asked) this.asked = new Set([...(this.asked ?? []), ...asked]);
  }

  /** Nothing is to be said against the answer so far, and nobody else was asked. */
  get isClear(): boolean {
    return !this.found && !this.asked;
  }

  /** External authorisers that are asked on the way, by name. */
  get authorisers(): readonly string[] {
    return [...(this.asked ?? [])];
  }

  get caveats(): readonly Finding[] {
    return [...(this.found?.values() ?? [])];
  }

  get assumptions(): readonly string[] {
    return [...(this.assumed ?? [])];
  }
}
