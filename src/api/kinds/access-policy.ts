import type { Static } from '@sinclair/typebox';
import { type ApiKind, accepted, age, apiVersion, applied } from '../kind.ts';
import {
  addressRange,
  choice,
  flag,
  headerName,
  headerText,
  hostPattern,
  list,
  namespaceName,
  object,
  objectName,
  optional,
  portNumber,
  text,
  withRules,
} from '../schema.ts';
import { targetRefs } from './targets.ts';

const callerParts = ['serviceAccount', 'namespace', 'identity', 'authenticated', 'addresses'] as const;

const caller = withRules(
  object('Somebody who calls; exactly one way to say who.', {
    serviceAccount: optional(
      object('Workloads that run as this ServiceAccount and prove it.', {
        name: objectName('Its name.'),
        namespace: optional(namespaceName('Its namespace; by default the one of the policy.')),
      }),
    ),
    namespace: optional(namespaceName('Workloads of this namespace that prove it.')),
    identity: optional(
      text('A SPIFFE id that is proven: `spiffe://cluster.local/ns/shop/sa/web`.', {
        pattern: '^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)+$',
        maxLength: 2048,
      }),
    ),
    authenticated: optional(flag('Anybody who proves an identity of the mesh; only `true` means something.')),
    addresses: optional(list('Connections from these ranges.', addressRange('A range, `10.0.0.0/8`.'), { min: 1 })),
  }),
  {
    cel: '[has(self.serviceAccount), has(self.namespace), has(self.identity), has(self.authenticated), has(self.addresses)].filter(x, x).size() == 1',
    holds: one => callerParts.filter(part => one[part] !== undefined).length === 1,
    message: 'exactly one of serviceAccount, namespace, identity, authenticated and addresses is needed',
  },
  {
    cel: '!has(self.authenticated) || self.authenticated',
    holds: ({ authenticated }) => authenticated !== false,
    message: '`authenticated: false` says nothing; leave `from` out to mean everybody',
  },
);

const pathMatch = object('A path, as the server sees it.', {
  type: choice('How it is compared; a prefix is one by segments.', ['Exact', 'PathPrefix'], { default: 'PathPrefix' }),
  value: text('The path, without a query.', { pattern: '^/[^?#\\s]*$', maxLength: 1024 }),
});

const headerMatch = withRules(
  object('A header of the request.', {
    name: headerName('The header; case does not matter.'),
    type: choice('How it is compared.', ['Exact', 'Prefix', 'Suffix', 'Present'], { default: 'Exact' }),
    values: optional(list('Any of them is enough.', headerText('A value.'), { min: 1 })),
  }),
  {
    cel: "has(self.values) == (self.type != 'Present')",
    holds: ({ type = 'Exact', values }) => (values !== undefined) === (type !== 'Present'),
    message: 'values are needed, except with the type Present, which has none',
  },
);

const operation = object('What is asked for; all that is said here has to hold, of each list any element.', {
  ports: optional(list('Ports that the workload listens on.', portNumber('A port.'), { min: 1 })),
  hosts: optional(
    list(
      'Host names, with any port or without; `*.example.com` is any below that is asked for without a port.',
      hostPattern('A host name.'),
      { min: 1 },
    ),
  ),
  methods: optional(list('Methods.', text('A method.', { pattern: "^[A-Z!#$%&'*+\\-.^_|~0-9]+$" }), { min: 1 })),
  paths: optional(list('Paths.', pathMatch, { min: 1 })),
  headers: optional(list('Headers; all of them.', headerMatch, { min: 1, max: 16 })),
});

const claim = object('What a verified token says.', {
  name: text('The claim; steps into it are joined by `/`: `realm/roles`.'),
  values: list('Any of them is enough.', text('A value.'), { min: 1 }),
});

const rule = object('Who may (or may not) do what: `from`, `to` and `claims` all have to hold.', {
  name: optional(objectName('A name that explanations show.')),
  from: optional(list('Who; any of them. Without it everybody, also who proves nothing.', caller, { min: 1 })),
  to: optional(list('What; any of them. Without it everything.', operation, { min: 1, max: 64 })),
  claims: optional(list('What a token has to say; all of them.', claim, { min: 1 })),
});

const issuer = withRules(
  object('Whose tokens are verified.', {
    issuer: text('The `iss` of the tokens.', { maxLength: 2048 }),
    audiences: optional(list('Any of them has to be in `aud`.', text('An audience.'), { min: 1 })),
    jwksUri: optional(text('Where the keys are.', { pattern: '^https?://', maxLength: 2048 })),
    jwks: optional(text('The keys themselves, as a JSON Web Key Set.', { maxLength: 65_536 })),
  }),
  {
    cel: '!(has(self.jwksUri) && has(self.jwks))',
    holds: ({ jwksUri, jwks }) => jwksUri === undefined || jwks === undefined,
    message: 'at most one of jwksUri and jwks; without both the keys are where the issuer says',
  },
);

const spec = withRules(
  object('Who may call the target.', {
    targetRefs,
    action: choice(
      'Allow: who fits a rule may call, and as soon as one such policy is there nobody else. Deny: who fits may not, whatever allows it.',
      ['Allow', 'Deny'],
      { default: 'Allow' },
    ),
    rules: optional(list('Any of them is enough. An Allow policy without rules lets nobody in.', rule)),
    tokens: optional(list('Tokens that are verified here; one that is wrong is refused.', issuer, { min: 1 })),
  }),
  {
    cel: "self.action != 'Deny' || (has(self.rules) && self.rules.size() > 0)",
    holds: ({ action = 'Allow', rules }) => action !== 'Deny' || (rules !== undefined && rules.length > 0),
    message: 'a Deny policy needs a rule; without one it says nothing',
  },
);

export type AccessPolicySpec = Static<typeof spec>;

export const accessPolicy: ApiKind<typeof spec> = {
  kind: 'AccessPolicy',
  plural: 'accesspolicies',
  shortNames: ['ap'],
  scope: 'Namespaced',
  meaning:
    'Who may call a Service, the workloads of a Namespace, a Gateway or a whole Mesh, and what they may ask for. Deny goes before Allow; policies for the same workload add up.',
  spec,
  columns: [
    { name: 'Action', type: 'string', jsonPath: '.spec.action' },
    { name: 'Target', type: 'string', jsonPath: '.spec.targetRefs[0].name' },
    accepted,
    applied,
    age,
  ],
  example: {
    apiVersion,
    kind: 'AccessPolicy',
    metadata: { name: 'reviews', namespace: 'shop' },
    spec: {
      targetRefs: [{ kind: 'Service', name: 'reviews' }],
      action: 'Allow',
      rules: [
        {
          from: [{ serviceAccount: { name: 'web' } }],
          to: [{ methods: ['GET'], paths: [{ type: 'PathPrefix', value: '/reviews' }] }],
        },
      ],
    },
  },
};
