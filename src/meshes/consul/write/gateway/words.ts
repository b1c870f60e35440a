import { digest } from '../../../../base/digest.ts';
import type { HeaderEdits } from '../../../../model/capabilities/header-edits.ts';
import type { Action, Backend, WeightedBackend } from '../../../../model/frontend.ts';
import type { Match, TextMatch } from '../../../../model/match.ts';
import { pathPattern, textPattern } from '../../../../native/gateway-api/regex-text.ts';
import type { RouteWords } from '../../../../native/gateway-api/write-routes.ts';
import { splitName } from '../../chain/split-names.ts';
import { group } from '../../resources.ts';
import { addSplit, type ChainPlan, type Spec } from '../chain-plan.ts';
import { ActionWriter, joined } from '../emit-action.ts';
import type { Judging } from '../judging.ts';
import { shares } from '../shares.ts';

/** Objects that routes refer to, by kind, namespace and name. */
export type Beside = Map<
  string,
  { readonly kind: string; readonly namespace: string; readonly name: string; readonly spec: Spec }
>;

/** How consul-k8s has the parts of a rule (control-plane/api-gateway/common/translation.go). */
export const gatewayWords = (judging: Judging, plan: ChainPlan, beside: Beside): RouteWords => ({
  match: writeMatch,
  action: (action, namespace) => new RuleWriter(action, namespace, judging, plan, beside).write(),
});

/** A prefix is one of the text here, and so is written as such. */
const writeMatch = ({ path, method, headers, query }: Match): Spec => ({
  ...(path
    ? {
        path:
          path.kind === 'exact' || path.kind === 'prefix'
            ? { type: path.kind === 'exact' ? 'Exact' : 'PathPrefix', value: path.value }
            : { type: 'RegularExpression', value: pathPattern(path) },
      }
    : {}),
  ...(headers ? { headers: headers.map(writeNamed) } : {}),
  ...(query ? { queryParams: query.map(writeNamed) } : {}),
  ...(method?.kind === 'exact' ? { method: method.value } : {}),
});

/** The empty text is none to the API. */
const writeNamed = ({ name, match }: { readonly name: string; readonly match: TextMatch }): Spec =>
  match.kind === 'exact' && !match.ignoreCase && match.value !== ''
    ? { name, type: 'Exact', value: match.value }
    : { name, type: 'RegularExpression', value: textPattern(match) || '^$' };

interface Edits {
  readonly requestHeaders?: HeaderEdits | undefined;
  readonly responseHeaders?: HeaderEdits | undefined;
}

/** More headers than this a route does not change in one way (CRD of HTTPRoute). */
const mostHeaders = 16;

/** One rule: filters, objects that these refer to, and the services that share the traffic. */
class RuleWriter {
  private readonly action: Action;
  private readonly namespace: string;
  private readonly plan: ChainPlan;
  private readonly beside: Beside;
  private readonly actions: ActionWriter;
  private readonly judging: Judging;

  constructor(action: Action, namespace: string, judging: Judging, plan: ChainPlan, beside: Beside) {
    this.action = action;
    this.namespace = namespace;
    this.judging = judging;
    this.plan = plan;
    this.beside = beside;
    this.actions = new ActionWriter('', judging, plan);
  }

  write(): Spec {
    const { target, rewrite } = this.action;
    const backends = target.kind === 'forward' ? target.backends : [];
    const { refs, edits } = this.destination(backends);
    const { requestTimeout, idleTimeout, ...retries } = this.actions.treatment(this.action);
    const timeouts = {
      ...(requestTimeout === undefined ? {} : { requestTimeout }),
      ...(idleTimeout === undefined ? {} : { idleTimeout }),
    };
    const filters = [
      ...modifiers(edits),
      ...(rewrite?.path?.kind === 'prefix'
        ? [
            {
              type: 'URLRewrite',
              urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: rewrite.path.value } },
            },
          ]
        : []),
      ...this.extension('RouteRetryFilter', 'retries', retries),
      ...this.extension('RouteTimeoutFilter', 'timeouts', timeouts),
    ];
    return { ...(filters.length > 0 ? { filters } : {}), backendRefs: refs };
  }

  /** Services by themselves where they bear their names and nothing else is said of them; else a name that splits, which a MeshService stands for. */
  private destination(backends: readonly WeightedBackend[]): { readonly refs: readonly Spec[]; readonly edits: Edits } {
    const { action } = this;
    const [only, ...more] = backends;
    const single = only && more.length === 0 ? only : undefined;
    const own: Edits = single
      ? {
          requestHeaders: joined(action.requestHeaders, single.requestHeaders),
          responseHeaders: joined(action.responseHeaders, single.responseHeaders),
        }
      : action;
    const isPlain = backends.every(
      ({ backend, requestHeaders, responseHeaders }) =>
        backend.kind === 'service' &&
        !backend.subset &&
        this.judging.names.nameOf({ id: backend.service }) === backend.service.split('/')[1] &&
        (single || (!requestHeaders && !responseHeaders)),
    );
    const areSharesPlain = single || backends.every(({ weight }) => Number.isInteger(weight.value) && weight.value > 0);
    if (isPlain && areSharesPlain && isSmall(own)) {
      const weights = single ? [] : smallest(shares(backends.map(({ weight }) => weight.value)));
      const refs = backends.flatMap(({ backend }, index) => this.reference(backend, weights[index]));
      return { refs, edits: own };
    }
    const { splits, apart } = this.actions.splits(
      isSmall(own) ? action : withoutEdits(action),
      isSmall(own) ? backends : backends.map(share => withEdits(share, action)),
    );
    const [first] = splits;
    const name = splitName(String(first?.service ?? ''), splits);
    addSplit(this.plan, name, splits, this.namespace);
    this.add('MeshService', name, { name });
    const edits =
      apart || !isSmall(own) ? {} : { requestHeaders: action.requestHeaders, responseHeaders: action.responseHeaders };
    return { refs: [{ group, kind: 'MeshService', name }], edits };
  }

  private reference(backend: Backend, weight: number | undefined): readonly Spec[] {
    if (backend.kind !== 'service') return [];
    const [namespace = '', name = ''] = backend.service.split('/');
    const port = backend.port ?? this.judging.services.get(backend.service)?.ports[0]?.port ?? 80;
    return [
      {
        name,
        ...(namespace === this.namespace ? {} : { namespace }),
        port,
        ...(weight === undefined ? {} : { weight }),
      },
    ];
  }

  private extension(kind: string, word: string, spec: Spec): readonly Spec[] {
    if (Object.keys(spec).length === 0) return [];
    const name = `${word}-${digest(JSON.stringify(spec))}`;
    this.add(kind, name, spec);
    return [{ type: 'ExtensionRef', extensionRef: { group, kind, name } }];
  }

  private add(kind: string, name: string, spec: Spec): void {
    const { namespace } = this;
    this.beside.set(`${kind} ${namespace}/${name}`, { kind, namespace, name, spec });
  }
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

/** The same shares in the smallest whole numbers. */
const smallest = (parts: readonly number[]): readonly number[] => {
  const common = parts.reduce(divisor);
  return parts.map(part => part / common);
};

const withoutEdits = ({ requestHeaders: _, responseHeaders: __, ...action }: Action): Action => action;

const withEdits = (share: WeightedBackend, { requestHeaders, responseHeaders }: Action): WeightedBackend => {
  const [request, response] = [
    joined(requestHeaders, share.requestHeaders),
    joined(responseHeaders, share.responseHeaders),
  ];
  return {
    ...share,
    ...(request ? { requestHeaders: request } : {}),
    ...(response ? { responseHeaders: response } : {}),
  };
};

const isSmall = ({ requestHeaders, responseHeaders }: Edits): boolean =>
  [requestHeaders, responseHeaders].every(edits =>
    [edits?.set, edits?.add, edits?.remove].every(part => Object.keys(part ?? {}).length <= mostHeaders),
  );

const modifiers = ({ requestHeaders, responseHeaders }: Edits): readonly Spec[] => {
  const [request, response] = [modifier(requestHeaders), modifier(responseHeaders)];
  return [
    ...(request ? [{ type: 'RequestHeaderModifier', requestHeaderModifier: request }] : []),
    ...(response ? [{ type: 'ResponseHeaderModifier', responseHeaderModifier: response }] : []),
  ];
};

const modifier = ({ set = {}, add = {}, remove = [] }: HeaderEdits = {}): Spec | undefined => {
  const list = (map: Readonly<Record<string, string>>): readonly Spec[] =>
    Object.keys(map)
      .sort()
      .map(name => ({ name, value: map[name] }));
  const spec = {
    ...(Object.keys(set).length > 0 ? { set: list(set) } : {}),
    ...(Object.keys(add).length > 0 ? { add: list(add) } : {}),
    ...(remove.length > 0 ? { remove: [...new Set(remove)].sort() } : {}),
  };
  return Object.keys(spec).length > 0 ? spec : undefined;
};
