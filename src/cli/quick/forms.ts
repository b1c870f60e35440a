/** The policies that the quick forms stand for. What they say is checked like everything that users write. */
import { type ApiObject, apiVersion } from '../../api/kind.ts';
import { UserError } from '../exit.ts';
import { backendNamed, countNamed, percentNamed, type ServiceName } from './service-name.ts';

/** What was said on the command line, or answered. */
export interface QuickAnswers {
  readonly words: readonly string[];
  readonly abort?: string;
  readonly delay?: string;
  readonly percent?: string;
  readonly attempts?: string;
  readonly on?: string;
  readonly perTry?: string;
  readonly to?: string;
  readonly from?: readonly string[];
  readonly method?: readonly string[];
  readonly path?: readonly string[];
  readonly label?: string;
}

/** What a quick form has to know, and how it asks for it. */
export interface QuickForm {
  readonly kind: 'TrafficPolicy' | 'AccessPolicy';
  /** What cannot be left out: the answer it goes into, and the question. `words` are what stands behind the service. */
  readonly needs: readonly {
    readonly key: 'words' | 'abort' | 'attempts' | 'to' | 'from';
    readonly question: string;
  }[];
  readonly spec: (answers: QuickAnswers, service: ServiceName) => Readonly<Record<string, unknown>>;
}

const percent = ({ percent: text }: QuickAnswers): { percent?: number } =>
  text === undefined ? {} : { percent: percentNamed(text, '--percent') };

/** `v1=90`: pods with the label `version: v1`. `ratings.shop=10`: another service. */
const share =
  (service: ServiceName, label: string) =>
  (word: string): Readonly<Record<string, unknown>> => {
    const [name = '', weight] = word.split('=');
    if (name === '' || weight === undefined) throw new UserError(`\`${word}\`: expected NAME=WEIGHT, such as v1=90`);
    const shared = { weight: countNamed(weight, word) };
    return name.includes('.')
      ? { name: name.replaceAll('.', '-'), backendRef: backendNamed(name, service), ...shared }
      : { name, labels: { [label]: name }, ...shared };
  };

/** `sa:NAMESPACE/NAME`, `ns:NAMESPACE`, a SPIFFE id, or `authenticated`. */
const caller = (text: string): Readonly<Record<string, unknown>> => {
  const account = /^sa:([^/]+)\/([^/]+)$/.exec(text);
  if (account) return { serviceAccount: { name: account[2], namespace: account[1] } };
  if (text.startsWith('ns:')) return { namespace: text.slice(3) };
  if (text.startsWith('spiffe://')) return { identity: text };
  if (text === 'authenticated') return { authenticated: true };
  throw new UserError(`--from \`${text}\`: expected sa:NAMESPACE/NAME, ns:NAMESPACE, a SPIFFE id, or authenticated`);
};

/** `/items` is that path and all below it, `=/items` that path alone. */
const path = (text: string): Readonly<Record<string, unknown>> =>
  text.startsWith('=') ? { type: 'Exact', value: text.slice(1) } : { value: text };

const accessTo = (
  action: 'Allow' | 'Deny',
  { from = [], method = [], path: paths = [] }: QuickAnswers,
): Readonly<Record<string, unknown>> => {
  const to = {
    ...(method.length > 0 ? { methods: method.map(one => one.toUpperCase()) } : {}),
    ...(paths.length > 0 ? { paths: paths.map(path) } : {}),
  };
  const rule = { from: from.map(caller), ...(Object.keys(to).length > 0 ? { to: [to] } : {}) };
  return { action, rules: [rule] };
};

const whoNeeded = {
  key: 'from',
  question: 'Who? (sa:NAMESPACE/NAME, ns:NAMESPACE, authenticated)',
} as const;

export const quickForms: Readonly<Record<string, QuickForm>> = {
  shift: {
    kind: 'TrafficPolicy',
    needs: [{ key: 'words', question: 'Shares, such as v1=90 v2=10' }],
    spec: ({ words, label = 'version' }, service) => ({ split: words.map(share(service, label)) }),
  },
  fault: {
    kind: 'TrafficPolicy',
    needs: [{ key: 'abort', question: 'Status to answer with, such as 503 (empty: only a delay)' }],
    spec: answers => {
      const { abort, delay } = answers;
      if (!abort && !delay) throw new UserError('say what fails: --abort STATUS, --delay DURATION, or both');
      return {
        fault: {
          ...(delay ? { delay: { fixed: delay, ...percent(answers) } } : {}),
          ...(abort ? { abort: { status: countNamed(abort, '--abort'), ...percent(answers) } } : {}),
        },
      };
    },
  },
  retry: {
    kind: 'TrafficPolicy',
    needs: [{ key: 'attempts', question: 'How many further tries?' }],
    spec: ({ attempts = '', on, perTry }) => ({
      ...(perTry ? { timeouts: { backendRequest: perTry } } : {}),
      retries: { attempts: countNamed(attempts, '--attempts'), ...(on ? { conditions: on.split(',') } : {}) },
    }),
  },
  timeout: {
    kind: 'TrafficPolicy',
    needs: [{ key: 'words', question: 'How long, such as 2s?' }],
    spec: ({ words: [request], perTry }) => ({
      timeouts: { ...(request ? { request } : {}), ...(perTry ? { backendRequest: perTry } : {}) },
    }),
  },
  mirror: {
    kind: 'TrafficPolicy',
    needs: [{ key: 'to', question: 'Which service gets the copies (SERVICE.NAMESPACE)?' }],
    spec: (answers, service) => ({
      mirrors: [{ backendRef: backendNamed(answers.to ?? '', service), ...percent(answers) }],
    }),
  },
  allow: { kind: 'AccessPolicy', needs: [whoNeeded], spec: answers => accessTo('Allow', answers) },
  deny: { kind: 'AccessPolicy', needs: [whoNeeded], spec: answers => accessTo('Deny', answers) },
};

/** The policy; each form has one of its own for each service, and saying it again replaces what was said before. */
export const quickPolicy = (form: string, service: ServiceName, answers: QuickAnswers, called?: string): ApiObject => {
  const { kind, spec } = quickForms[form]!;
  return {
    apiVersion,
    kind,
    metadata: { name: called ?? `${service.name}-${form}`, namespace: service.namespace },
    spec: { targetRefs: [{ kind: 'Service', name: service.name }], ...spec(answers, service) },
  };
};
