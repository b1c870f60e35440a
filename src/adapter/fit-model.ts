import type { Setting, Source } from '../base/source.ts';
import type { DestinationSettings } from '../model/capabilities/destination.ts';
import type { CapabilityId } from '../model/capability.ts';
import type { Action, Frontend, Rule, Target, WeightedBackend } from '../model/frontend.ts';
import type { Gateway } from '../model/inventory.ts';
import type { Match } from '../model/match.ts';
import type { Mesh } from '../model/mesh.ts';
import type { Model } from '../model/model.ts';
import { capabilityOf } from './capability-of.ts';
import type { Disposition, Loss, Verdict } from './disposition.ts';
import { refused } from './disposition.ts';
import type { FieldOf, Judge } from './judge.ts';

export interface Fitted {
  /** The model with every verdict carried out: what the target will do. */
  readonly expected: Model;
  /** Exactly one per leaf. */
  readonly dispositions: readonly Disposition[];
}

/**
 * Walks every intent leaf of the model once, asks the judge, and carries the verdicts out. So a leaf cannot be
 * forgotten by a writer, nor change without a disposition that says so: the ledger is the walk.
 */
export const fitModel = (model: Model, judge: Judge): Fitted => new Fitting(model, judge).run();

/** What a refused part takes with it is refused for the same reason. */
const goesWith = (loss: Loss, what: string): Loss => ({ ...loss, message: `${loss.message} (${what} goes with it)` });

class Fitting {
  private readonly dispositions: Disposition[] = [];
  private readonly model: Model;
  private readonly judge: Judge;

  constructor(model: Model, judge: Judge) {
    this.model = model;
    this.judge = judge;
  }

  run(): Fitted {
    const { model, judge } = this;
    const expected: Model = {
      ...model,
      inventory: {
        ...model.inventory,
        services: model.inventory.services.filter(
          service =>
            !service.external ||
            service.evidence === 'referenced' ||
            this.keep('egress-hosts', service.id, 'service', service, judge.externalService(service), service.source),
        ),
        gateways: model.inventory.gateways.flatMap(gateway => this.gateway(gateway)),
      },
      meshes: model.meshes.map(mesh => this.mesh(mesh)),
      frontends: model.frontends.flatMap(frontend => this.frontend(frontend)),
      destinations: model.destinations.flatMap(settings => this.destination(settings)),
      encryption: model.encryption.flatMap(item =>
        this.one('encryption-mode', item.id, 'mode', item, judge.encryption(item, model), item.source),
      ),
      access: model.access.flatMap(policy => this.access(policy)),
      requestAuthentication: model.requestAuthentication.flatMap(item => {
        const issuers = item.issuers.flatMap((issuer, index) =>
          this.one(
            'access-token',
            item.id,
            `issuers[${index}]`,
            issuer,
            judge.tokenIssuer(issuer, item),
            issuer.source,
          ),
        );
        return issuers.length === 0 ? [] : [{ ...item, issuers }];
      }),
      rateLimits: model.rateLimits.flatMap(item =>
        this.one('rate-limit', item.id, 'limit', item, judge.rateLimit(item, model), item.source),
      ),
      visibility: model.visibility.flatMap(item =>
        this.one('visibility', item.id, 'exposes', item, judge.visibility(item), item.source),
      ),
      exposures: model.exposures.flatMap(item =>
        this.one('visibility', item.service, 'exposure', item, judge.exposure(item), item.source),
      ),
      egress: model.egress.flatMap(item =>
        this.one('egress-default', item.id, 'mode', item, judge.egress(item, model), item.source),
      ),
      telemetry: model.telemetry.flatMap(item =>
        this.one('telemetry', item.id, 'settings', item, judge.telemetry(item), item.source),
      ),
    };
    return { expected, dispositions: this.dispositions };
  }

  /** Notes the verdict on one leaf and gives what is left of it: one value, or none. */
  private one<T>(
    capability: CapabilityId,
    subject: string,
    leaf: string,
    value: T,
    verdict: Verdict<T>,
    source: Source | undefined,
  ): readonly T[] {
    const at = { capability, subject, leaf, ...(source ? { source } : {}) };
    if (verdict === 'applied') {
      this.dispositions.push({ ...at, result: 'applied' });
      return [value];
    }
    this.dispositions.push({ ...at, result: verdict.result, loss: verdict.loss });
    return verdict.result === 'approximated' ? [verdict.value] : [];
  }

  private keep<T>(
    capability: CapabilityId,
    subject: string,
    leaf: string,
    value: T,
    verdict: Verdict<T>,
    source: Source | undefined,
  ): boolean {
    return this.one(capability, subject, leaf, value, verdict, source).length > 0;
  }

  /** An optional part: as an object to spread. */
  private part<K extends string, T>(
    key: K,
    capability: CapabilityId,
    subject: string,
    leaf: string,
    value: T | undefined,
    ask: (value: T) => Verdict<T>,
    source: Source | undefined,
  ): { [P in K]?: T } {
    if (value === undefined) return {};
    const [left] = this.one(capability, subject, leaf, value, ask(value), source);
    return left === undefined ? {} : ({ [key]: left } as { [P in K]?: T });
  }

  /** A flat settings object, field by field; undefined when nothing is left. */
  private fields<T extends object>(
    value: T | undefined,
    subject: string,
    leaf: string,
    capability: (field: string) => CapabilityId,
    ask: (field: FieldOf<T>) => Verdict<FieldOf<T>>,
  ): T | undefined {
    if (value === undefined) return undefined;
    const left: Record<string, unknown> = {};
    let any = false;
    for (const [field, setting] of Object.entries(value)) {
      if (setting === undefined) continue;
      if (field === 'source') {
        left[field] = setting;
        continue;
      }
      const one = { field, value: setting } as FieldOf<T>;
      const source = (setting as Setting<unknown>).source ?? (value as { source?: Source }).source;
      const [kept] = this.one(capability(field), subject, `${leaf}.${field}`, one, ask(one), source);
      if (kept) {
        left[field] = kept.value;
        any = true;
      }
    }
    return any ? (left as T) : undefined;
  }

  /** Where source and target do the same without being told, nothing has to be said. */
  private mesh(mesh: Mesh): Mesh {
    const { defaults } = this.judge;
    const kept = this.fields(mesh.defaults, mesh.id, 'default', capabilityOf.meshDefault, field =>
      sameValue(field.value, defaults[field.field]) ? 'applied' : this.judge.meshDefault(field, mesh),
    );
    return { ...mesh, defaults: { ...defaults, ...kept } };
  }

  private gateway(gateway: Gateway): readonly Gateway[] {
    if (gateway.purpose === 'waypoint') return [gateway];
    const kept = this.one('gateway', gateway.id, 'gateway', gateway, this.judge.gateway(gateway), gateway.source);
    return kept.map(left => ({
      ...left,
      listeners: left.listeners.flatMap(listener =>
        this.one(
          'gateway',
          gateway.id,
          listener.name,
          listener,
          this.judge.listener(listener, gateway),
          listener.source,
        ),
      ),
    }));
  }

  private frontend(frontend: Frontend): readonly Frontend[] {
    const { judge } = this;
    const whole = judge.frontend(frontend);
    if (whole !== 'applied' && whole.result === 'refused') {
      this.refuseAll(frontend, whole.loss);
      return [];
    }
    const [kept] = this.one('authority-match', frontend.id, 'listens', frontend, whole, frontend.source);
    if (!kept) return [];
    const actions = new Map<Action, Action | Loss>();
    for (const { action } of kept.rules) {
      if (!actions.has(action)) actions.set(action, this.action(action, kept));
    }
    const rules = kept.rules.flatMap(rule => {
      const action = actions.get(rule.action)!;
      if ('code' in action) {
        this.refuseMatch(rule, kept, goesWith(action, 'the rule'));
        return [];
      }
      const match = this.match(rule, kept);
      return match ? [{ id: rule.id, match, action }] : [];
    });
    const [ordered] = this.one(
      'first-match-order',
      frontend.id,
      'order',
      rules as readonly Rule[],
      rules.length > 1 ? judge.order(rules, kept) : 'applied',
      frontend.source,
    );
    const [noMatch] = this.one(
      'authority-match',
      frontend.id,
      'noMatch',
      kept.noMatch,
      judge.noMatch(kept.noMatch, kept),
      frontend.source,
    );
    return [{ ...kept, rules: ordered ?? rules, noMatch: noMatch ?? { kind: 'passToService' } }];
  }

  private match(rule: Rule, frontend: Frontend): Match | undefined {
    const { judge } = this;
    const at = { frontend, rule };
    const { match } = rule;
    let lost = false;
    const ask = <T>(capability: CapabilityId, leaf: string, value: T, verdict: Verdict<T>, source?: Source): T => {
      const [left] = this.one(capability, frontend.id, `${rule.id} ${leaf}`, value, verdict, source ?? match.source);
      if (left === undefined) lost = true;
      return left ?? value;
    };
    const left: Match = {
      ...(match.path
        ? { path: ask(capabilityOf.path(match.path), 'path', match.path, judge.path(match.path, at)) }
        : {}),
      ...(match.method ? { method: ask('method-match', 'method', match.method, judge.method(match.method, at)) } : {}),
      ...(match.scheme ? { scheme: ask('scheme-match', 'scheme', match.scheme, judge.scheme(match.scheme, at)) } : {}),
      ...(match.authority
        ? { authority: ask('authority-match', 'authority', match.authority, judge.authority(match.authority, at)) }
        : {}),
      ...(match.headers
        ? {
            headers: match.headers.map(h =>
              ask(capabilityOf.header(h), `header ${h.name}`, h, judge.header(h, at), h.source),
            ),
          }
        : {}),
      ...(match.query
        ? { query: match.query.map(q => ask('query-match', `query ${q.name}`, q, judge.query(q, at), q.source)) }
        : {}),
      ...(match.claims
        ? {
            claims: match.claims.map(c =>
              ask('claim-match', `claim ${c.path.join('.')}`, c, judge.claim(c, at), c.source),
            ),
          }
        : {}),
      ...(match.port !== undefined
        ? { port: ask('authority-match', 'port', match.port, judge.port(match.port, at)) }
        : {}),
      ...(match.sni ? { sni: ask('tls-route', 'sni', match.sni, judge.sni(match.sni, at)) } : {}),
      ...(match.addresses
        ? { addresses: ask('tcp-route', 'addresses', match.addresses, judge.addresses(match.addresses, at)) }
        : {}),
      ...(match.caller
        ? { caller: ask('caller-match', 'caller', match.caller, judge.caller(match.caller, at), match.caller.source) }
        : {}),
      ...(match.source ? { source: match.source } : {}),
    };
    return lost ? undefined : left;
  }

  private action(action: Action, frontend: Frontend): Action | Loss {
    const { judge } = this;
    const at = { frontend, action };
    const leaf = (name: string) => `${action.id} ${name}`;
    const target = this.target(action, frontend);
    if ('code' in target) {
      this.refuseAction(action, frontend, target);
      return target;
    }
    const { source, name } = action;
    const subject = frontend.id;
    const timeouts = this.fields(action.timeouts, subject, leaf('timeout'), capabilityOf.timeout, f =>
      judge.timeout(f, at),
    );
    const retries = this.fields(action.retries, subject, leaf('retries'), capabilityOf.retry, f => judge.retry(f, at));
    const delay = this.part(
      'delay',
      'fault-delay',
      subject,
      leaf('fault.delay'),
      action.fault?.delay,
      v => judge.faultDelay(v, at),
      action.fault?.delay?.source ?? source,
    );
    const abort = this.part(
      'abort',
      'fault-abort',
      subject,
      leaf('fault.abort'),
      action.fault?.abort,
      v => judge.faultAbort(v, at),
      action.fault?.abort?.source ?? source,
    );
    const mirrors = (action.mirrors ?? []).flatMap((mirror, index) =>
      this.one('mirror', subject, leaf(`mirrors[${index}]`), mirror, judge.mirror(mirror, at), mirror.source),
    );
    const host = this.part(
      'host',
      'rewrite-host',
      subject,
      leaf('rewrite.host'),
      action.rewrite?.host,
      v => judge.rewriteHost(v, at),
      action.rewrite?.source,
    );
    const path = this.part(
      'path',
      capabilityOf.rewrite(action.rewrite?.path),
      subject,
      leaf('rewrite.path'),
      action.rewrite?.path,
      v => judge.rewritePath(v, at),
      action.rewrite?.source,
    );
    return {
      id: action.id,
      ...(name === undefined ? {} : { name }),
      target,
      ...(timeouts ? { timeouts } : {}),
      ...(retries ? { retries } : {}),
      ...(delay.delay || abort.abort ? { fault: { ...delay, ...abort } } : {}),
      ...(mirrors.length > 0 ? { mirrors } : {}),
      ...this.part('cors', 'cors', subject, leaf('cors'), action.cors, v => judge.cors(v, at), action.cors?.source),
      ...this.part(
        'requestHeaders',
        'header-edits',
        subject,
        leaf('requestHeaders'),
        action.requestHeaders,
        v => judge.headerEdits(v, { ...at, where: 'route', of: 'request' }),
        action.requestHeaders?.source,
      ),
      ...this.part(
        'responseHeaders',
        'header-edits',
        subject,
        leaf('responseHeaders'),
        action.responseHeaders,
        v => judge.headerEdits(v, { ...at, where: 'route', of: 'response' }),
        action.responseHeaders?.source,
      ),
      ...(host.host !== undefined || path.path
        ? { rewrite: { ...host, ...path, ...(action.rewrite?.source ? { source: action.rewrite.source } : {}) } }
        : {}),
      ...(source ? { source } : {}),
    };
  }

  private target(action: Action, frontend: Frontend): Target | Loss {
    const { judge } = this;
    const at = { frontend, action };
    const { target } = action;
    const subject = frontend.id;
    if (target.kind === 'redirect') {
      const verdict = judge.redirect(target.redirect, at);
      const [redirect] = this.one(
        'redirect',
        subject,
        `${action.id} redirect`,
        target.redirect,
        verdict,
        target.redirect.source,
      );
      return redirect ? { kind: 'redirect', redirect } : lossOf(verdict);
    }
    if (target.kind === 'respond') {
      const verdict = judge.directResponse(target.response, at);
      const [response] = this.one(
        'direct-response',
        subject,
        `${action.id} response`,
        target.response,
        verdict,
        target.response.source,
      );
      return response ? { kind: 'respond', response } : lossOf(verdict);
    }
    const backends: WeightedBackend[] = [];
    let loss: Loss | undefined;
    for (const [index, share] of target.backends.entries()) {
      const leaf = `${action.id} backends[${index}]`;
      const verdict = judge.backend(share.backend, at);
      const capability = share.backend.kind === 'service' && share.backend.subset ? 'subset' : 'weighted-split';
      const [backend] = this.one(capability, subject, leaf, share.backend, verdict, share.source ?? action.source);
      if (!backend) {
        loss ??= lossOf(verdict);
        continue;
      }
      backends.push({
        backend,
        weight: share.weight,
        ...this.part(
          'requestHeaders',
          'header-edits',
          subject,
          `${leaf}.requestHeaders`,
          share.requestHeaders,
          v => judge.headerEdits(v, { ...at, where: 'backend', of: 'request' }),
          share.requestHeaders?.source,
        ),
        ...this.part(
          'responseHeaders',
          'header-edits',
          subject,
          `${leaf}.responseHeaders`,
          share.responseHeaders,
          v => judge.headerEdits(v, { ...at, where: 'backend', of: 'response' }),
          share.responseHeaders?.source,
        ),
        ...(share.source ? { source: share.source } : {}),
      });
    }
    if (loss) return loss;
    const weights = backends.map(share => share.weight.value);
    const verdict = judge.weights(weights, at);
    const [kept] = this.one(
      'weighted-split',
      subject,
      `${action.id} weights`,
      weights as readonly number[],
      verdict,
      action.source,
    );
    if (!kept) return lossOf(verdict);
    if (kept === weights) return { kind: 'forward', backends };
    return {
      kind: 'forward',
      backends: backends.map((share, index) => ({ ...share, weight: { ...share.weight, value: kept[index] ?? 0 } })),
    };
  }

  private destination(settings: DestinationSettings): readonly DestinationSettings[] {
    const { judge } = this;
    const subject = settings.id;
    const verdict = judge.destination(settings);
    const [kept] = this.one('load-balancing', subject, 'target', settings, verdict, settings.source);
    const at = kept ?? settings;
    const gone = kept ? undefined : goesWith(lossOf(verdict), 'the setting');
    const ask = <T>(verdictOf: () => Verdict<T>): Verdict<T> =>
      gone ? { result: 'refused', loss: gone } : verdictOf();
    const limits = this.fields(
      settings.connectionLimits,
      subject,
      'connectionLimits',
      capabilityOf.connectionLimit,
      f => ask(() => judge.connectionLimit(f, at)),
    );
    const outlier = this.fields(settings.outlierDetection, subject, 'outlierDetection', capabilityOf.outlier, f =>
      ask(() => judge.outlier(f, at)),
    );
    const rest = {
      ...this.part(
        'loadBalancing',
        capabilityOf.balancing(settings.loadBalancing),
        subject,
        'loadBalancing',
        settings.loadBalancing,
        v => ask(() => judge.loadBalancing(v, at)),
        settings.loadBalancing?.source,
      ),
      ...this.part(
        'locality',
        'locality',
        subject,
        'locality',
        settings.locality,
        v => ask(() => judge.locality(v, at)),
        settings.locality?.source,
      ),
      ...this.part(
        'tls',
        'upstream-tls',
        subject,
        'tls',
        settings.tls,
        v => ask(() => judge.upstreamTls(v, at)),
        settings.tls?.source,
      ),
      ...this.part(
        'retryBudget',
        'retry-budget',
        subject,
        'retryBudget',
        settings.retryBudget,
        v => ask(() => judge.retryBudget(v, at)),
        settings.retryBudget?.source,
      ),
      ...this.part(
        'tunnel',
        'connection-limits',
        subject,
        'tunnel',
        settings.tunnel,
        v => ask(() => judge.tunnel(v, at)),
        settings.source,
      ),
      ...this.part(
        'proxyProtocol',
        'connection-limits',
        subject,
        'proxyProtocol',
        settings.proxyProtocol,
        v => ask(() => judge.proxyProtocol(v, at)),
        settings.source,
      ),
    };
    if (!kept) return [];
    const { id, clients, target, source } = kept;
    return [
      {
        id,
        clients,
        target,
        ...rest,
        ...(limits ? { connectionLimits: limits } : {}),
        ...(outlier ? { outlierDetection: outlier } : {}),
        ...(source ? { source } : {}),
      },
    ];
  }

  private access(policy: Model['access'][number]): Model['access'] {
    const { judge, model } = this;
    const verdict = judge.accessPolicy(policy, model);
    const [kept] = this.one('access-identity', policy.id, 'scope', policy, verdict, policy.source);
    const rules = policy.rules.flatMap(rule => {
      const answer: Verdict<typeof rule> = kept
        ? judge.accessRule(rule, kept, model)
        : { result: 'refused', loss: goesWith(lossOf(verdict), 'the rule') };
      return this.one(capabilityOf.accessRule(rule), policy.id, rule.id, rule, answer, rule.source);
    });
    return kept ? [{ ...kept, rules }] : [];
  }

  /** The frontend goes: each of its leaves is refused for the same reason. */
  private refuseAll(frontend: Frontend, loss: Loss): void {
    this.one('authority-match', frontend.id, 'listens', frontend, { result: 'refused', loss }, frontend.source);
    const why = goesWith(loss, 'its rules');
    const seen = new Set<Action>();
    for (const rule of frontend.rules) {
      this.refuseMatch(rule, frontend, why);
      if (seen.has(rule.action)) continue;
      seen.add(rule.action);
      this.refuseAction(rule.action, frontend, why);
    }
  }

  private refuseMatch(rule: Rule, frontend: Frontend, loss: Loss): void {
    this.dispositions.push({
      capability: rule.match.path ? capabilityOf.path(rule.match.path) : 'authority-match',
      subject: frontend.id,
      leaf: `${rule.id} match`,
      result: 'refused',
      loss,
      ...(rule.match.source ? { source: rule.match.source } : {}),
    });
  }

  private refuseAction(action: Action, frontend: Frontend, loss: Loss): void {
    this.dispositions.push({
      capability: 'weighted-split',
      subject: frontend.id,
      leaf: action.id,
      result: 'refused',
      loss: goesWith(loss, 'the whole action'),
      ...(action.source ? { source: action.source } : {}),
    });
  }
}

/** Equal apart from where it comes from. */
const sameValue = (a: unknown, b: unknown): boolean => {
  const bare = (value: unknown) =>
    JSON.stringify(value, (key, v) => (key === 'source' || key === 'origin' ? undefined : v));
  return bare(a) === bare(b);
};

const lossOf = (verdict: Verdict<unknown>): Loss =>
  verdict === 'applied' ? refused('internal', 'nothing is left').loss : verdict.loss;
