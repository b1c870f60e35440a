import { application, type Live, scene } from '../live.ts';

const pods = scene(
  application('web'),
  application('cart'),
  `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: way, namespace: shop }
spec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }
`,
);

const object = (group: string, version: string, kind: string, spec: string): string => `
apiVersion: ${group}/${version}
kind: ${kind}
metadata: { name: it, namespace: shop }
spec:
${spec}
`;

/** One scene for pods picked by labels, and one for each way to name a target. */
const placed = (make: (place: string) => string, places: readonly string[]): readonly string[] =>
  places.map(place => scene(pods, make(place)));

const byLabels = '  selector: { matchLabels: { app: web } }';
const target = '{ group: gateway.networking.k8s.io, kind: Gateway, name: way, namespace: shop }';
const targets = `  targetRefs: [${target}]`;
const oldTarget = `  targetRef: ${target}`;

const others = { 'spec.selector.matchLabels{}': ['cart'] };

export const telemetryLive: Live = {
  group: 'telemetry.istio.io',
  kind: 'Telemetry',
  scenes: placed(
    place =>
      object(
        'telemetry.istio.io',
        'v1',
        'Telemetry',
        `${place}
  accessLogging:
    - { disabled: true, providers: [{ name: otel }], filter: { expression: response.code >= 500 }, match: { mode: SERVER } }
  tracing:
    - providers: [{ name: zipkin }]
      randomSamplingPercentage: 5
      disableSpanReporting: true
      useRequestIdForTraceSampling: false
      enableIstioTags: true
      disableContextPropagation: true
      match: { mode: CLIENT }
      customTags:
        a: { literal: { value: one } }
        b: { header: { name: x-a, defaultValue: none } }
        c: { environment: { name: A, defaultValue: none } }
        d: { formatter: { value: "%REQ(a)%" } }
  metrics:
    - providers: [{ name: prometheus }]
      reportingInterval: 5s
      overrides:
        - { match: { metric: REQUEST_COUNT, mode: CLIENT }, disabled: true, tagOverrides: { a: { operation: REMOVE, value: b } } }
        - { match: { customMetric: mine } }`,
      ),
    [byLabels, targets, oldTarget],
  ),
  others,
};

export const envoyFilterLive: Live = {
  group: 'networking.istio.io',
  kind: 'EnvoyFilter',
  scenes: placed(
    place =>
      object(
        'networking.istio.io',
        'v1alpha3',
        'EnvoyFilter',
        `${place}
  priority: 3
  configPatches:
    - applyTo: HTTP_FILTER
      match: { context: SIDECAR_INBOUND }
      patch: { operation: MERGE, value: { a: b } }`,
      ),
    ['  workloadSelector: { labels: { app: web } }', targets],
  ),
  others: { 'spec.workloadSelector.labels{}': ['cart'] },
};

const plugin =
  (kind: string, rest: string): ((place: string) => string) =>
  place =>
    object('extensions.istio.io', 'v1alpha1', kind, `${place}\n${rest}`);

export const wasmPluginLive: Live = {
  group: 'extensions.istio.io',
  kind: 'WasmPlugin',
  scenes: placed(plugin('WasmPlugin', '  url: oci://registry.example/plugin:1\n  phase: AUTHN'), [
    byLabels,
    targets,
    oldTarget,
  ]),
  others,
};

export const trafficExtensionLive: Live = {
  group: 'extensions.istio.io',
  kind: 'TrafficExtension',
  scenes: placed(plugin('TrafficExtension', '  lua: { inlineCode: "--" }\n  phase: AUTHN'), [byLabels, targets]),
  others,
};
