import type { Field } from '../base/field.ts';
import { type Finding, findingOf } from '../base/finding.ts';
import { isSame } from '../base/same.ts';
import { objectTitle } from '../base/source.ts';
import { type Attachment, closeness, type Target, targetText } from './attachment.ts';
import { compileFindings } from './findings.ts';
import { byPrecedence } from './policy.ts';

/** Traffic that policies may be for: to a service on a port, or into a gateway by a listener. */
export interface Place {
  readonly namespace: string;
  readonly service?: string;
  readonly port?: number;
  readonly gateway?: string;
  readonly listener?: string;
}

/** A field that does not count at a place, and the one that does. */
export interface Overruled {
  readonly field: Field;
  readonly by: Field;
}

/** A field of a policy that decides nothing at one of its targets, and is not overruled there either. */
export interface Idle {
  readonly field: Field;
  /** `service shop/reviews:9080`. */
  readonly target: string;
}

const keyOf = (target: Target): string => {
  switch (target.level) {
    case 'mesh':
      return 'mesh';
    case 'namespace':
      return `namespace ${target.namespace}`;
    case 'service':
      return `service ${target.service.id}`;
    case 'gateway':
      return `gateway ${target.gateway.id}`;
  }
};

const covers = (target: Target, { port, listener }: Place): boolean =>
  target.level === 'service'
    ? target.port === undefined || target.port === port
    : target.level !== 'gateway' || target.listener === undefined || target.listener === listener;

/** Traffic policies by what they are attached to; field by field the closest counts (GEP-713, hierarchy). */
export class TrafficPolicies {
  readonly overruled: Overruled[] = [];
  readonly findings: Finding[] = [];
  private readonly byTarget = new Map<string, Attachment[]>();
  private readonly told = new Set<string>();
  /** By attachment, the names of fields that count somewhere, or that another counts in place of. */
  private readonly asked = new Map<Attachment, Set<string>>();
  private readonly hasAny: boolean;

  constructor(attachments: readonly Attachment[]) {
    this.hasAny = attachments.length > 0;
    for (const attachment of attachments) {
      const key = keyOf(attachment.target);
      const list = this.byTarget.get(key);
      if (list) list.push(attachment);
      else this.byTarget.set(key, [attachment]);
    }
    for (const list of this.byTarget.values()) {
      list.sort((a, b) => closeness(b.target) - closeness(a.target) || byPrecedence(a.policy, b.policy));
    }
  }

  /** All policies for a place, the one that counts first. */
  private at(place: Place): readonly Attachment[] {
    if (!this.hasAny) return [];
    const keys = [
      ...(place.service === undefined ? [] : [`service ${place.service}`]),
      ...(place.gateway === undefined ? [] : [`gateway ${place.gateway}`]),
      `namespace ${place.namespace}`,
      'mesh',
    ];
    return keys.flatMap(key => (this.byTarget.get(key) ?? []).filter(({ target }) => covers(target, place)));
  }

  /** Whether a policy says one of these fields of a place. */
  says(place: Place, fields: readonly string[]): boolean {
    return this.at(place).some(({ policy }) => fields.some(field => policy.spec.has(field)));
  }

  /** The ports that have a policy of their own beside that of the whole service. */
  portsOf(service: string): readonly number[] {
    const own = this.byTarget.get(`service ${service}`) ?? [];
    const ports = own.flatMap(({ target }) => (target.level === 'service' ? (target.port ?? []) : []));
    return [...new Set(ports)].sort((a, b) => a - b);
  }

  /** The services that have a policy of their own. */
  services(): readonly string[] {
    return [...this.byTarget.values()].flatMap(([first]) =>
      first?.target.level === 'service' ? [first.target.service.id] : [],
    );
  }

  /** What counts of a field at a place; what does not is written down. */
  pick(place: Place, name: string): Field | undefined {
    const [winner, ...others] = this.at(place).filter(({ policy }) => policy.spec.has(name));
    const field = winner?.policy.spec.at(name);
    if (!winner || !field) return undefined;
    for (const one of [winner, ...others]) this.note(one, name);
    for (const other of others) {
      const loser = other.policy.spec.at(name);
      if (!loser || other.policy === winner.policy) continue;
      this.overruled.push({ field: loser, by: field });
      if (closeness(other.target) === closeness(winner.target) && !isSame(loser.value, field.value))
        this.tellConflict(winner, other, name);
    }
    return field;
  }

  /** What nobody asked for: fields that do not go with their targets. Targets of a whole mesh are told elsewhere. */
  idle(): readonly Idle[] {
    return [...this.byTarget.values()].flat().flatMap(attachment => {
      const { policy, target } = attachment;
      if (target.level === 'mesh') return [];
      const fields = policy.spec.members().filter(([name]) => name !== 'targetRefs');
      return fields.flatMap(([name, field]) =>
        this.asked.get(attachment)?.has(name) ? [] : [{ field, target: targetText(target) }],
      );
    });
  }

  private note(attachment: Attachment, name: string): void {
    const names = this.asked.get(attachment);
    if (names) names.add(name);
    else this.asked.set(attachment, new Set([name]));
  }

  private tellConflict(winner: Attachment, other: Attachment, name: string): void {
    const [first, second] = [winner, other].map(({ policy }) => objectTitle(policy.object.ref));
    const key = `${first}|${second}|${name}|${keyOf(winner.target)}`;
    if (this.told.has(key)) return;
    this.told.add(key);
    const message = `${first} and ${second} both say \`${name}\` of ${keyOf(winner.target)}; what ${first} says counts`;
    this.findings.push(findingOf(compileFindings, 'POLICY002', other.policy.spec.at(name), message));
  }
}
