import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { infra, mesh, webBackend } from './base.ts';

/** One request of a conformance test and what the suite expects of it. */
export interface Expectation {
  readonly Backend?: string;
  readonly Namespace?: string;
  readonly EchoRequest?: object;
  readonly Request?: {
    readonly Host?: string;
    readonly Method?: string;
    readonly Path?: unknown;
    readonly Headers?: Readonly<Record<string, string>>;
  };
  readonly RedirectRequest?: { readonly Host?: string; readonly Path?: string; readonly Port?: string };
  readonly ExpectedRequest?: {
    readonly AbsentHeaders?: readonly string[];
    readonly Request: { readonly Path?: string; readonly Headers?: Readonly<Record<string, string>> };
  };
  readonly Response?: {
    readonly StatusCode?: number;
    readonly StatusCodes?: readonly unknown[];
    readonly Headers?: Readonly<Record<string, string>>;
    readonly AbsentHeaders?: readonly string[];
  };
}

export interface ConformanceTest {
  readonly name: string;
  readonly manifests: readonly string[];
  readonly expect: readonly Expectation[];
}

export const readExpectations = (shared: string): readonly ConformanceTest[] =>
  JSON.parse(readFileSync(join(shared, 'corpus/expectations/gateway-api-conformance.json'), 'utf8'));

export const readManifest = (shared: string, path: string): string =>
  readFileSync(join(shared, 'corpus/kubernetes-sigs__gateway-api/conformance', path), 'utf8');

/** The suite's variables. `$ns` is the namespace that every test of a profile runs in. */
const variables: Readonly<Record<string, string>> = {
  '$confsuite.InfrastructureNamespace': infra,
  '$confsuite.WebBackendNamespace': webBackend,
  '$confsuite.InfraBackendServiceNameV1': 'infra-backend-v1',
  '$confsuite.InfraBackendServiceNameV2': 'infra-backend-v2',
  '$confsuite.InfraBackendServiceNameV3': 'infra-backend-v3',
};

export const isMeshTest = ({ manifests }: ConformanceTest): boolean =>
  manifests.every(path => path.startsWith('tests/mesh/'));

export const resolveVariable = (text: string | undefined, test: ConformanceTest): string | undefined => {
  if (text === '$ns') return isMeshTest(test) ? mesh : infra;
  return text === undefined ? undefined : (variables[text] ?? text);
};

/** How a request of the suite is put, where its Go code says it and its data does not. */
export interface Put {
  readonly via?: string;
  /** Only these of the test's manifests. */
  readonly manifests?: readonly string[];
  /** An object that the test has deleted by then. */
  readonly without?: string;
  readonly host?: string;
  readonly sni?: string;
  readonly path?: string;
  readonly backend?: string;
  readonly status?: number;
}

const sameNamespace: Put = { via: `${infra}/same-namespace` };

/** By test and number of the request; the default is the gateway `same-namespace`. */
export const putsOf = (test: ConformanceTest, index: number): readonly Put[] => {
  switch (test.name) {
    case 'GatewayHTTPListenerIsolation':
      // The same requests twice: with routes that leave the host names to the listeners, and with routes that do not.
      return [
        { via: `${infra}/http-listener-isolation`, manifests: [test.manifests[0]!] },
        { via: `${infra}/http-listener-isolation-with-hostname-intersection`, manifests: [test.manifests[1]!] },
      ];
    case 'HTTPRouteCrossNamespace':
      return [{ via: `${infra}/backend-namespaces` }];
    case 'HTTPRouteHTTPSListenerDetectMisdirectedRequests':
      return [
        ['example.org', 'infra-backend-v1'],
        ['second-example.org', 'infra-backend-v2'],
        ['some.wildcard.org', 'infra-backend-v3'],
        ['very.specific.wildcard.org', 'infra-backend-v1'],
      ].map(([host = '', backend = '']) => ({
        via: `${infra}/same-namespace-with-https-listener`,
        host,
        sni: host,
        backend,
        status: 200,
      }));
    case 'HTTPRouteMultipleGateways':
      return [index < 2 ? sameNamespace : { via: `${infra}/all-namespaces` }];
    case 'HTTPRouteReferenceGrant':
      return [index === 0 ? sameNamespace : { ...sameNamespace, without: 'ReferenceGrant' }];
    case 'HTTPRouteServiceTypes':
      return ['manual-endpointslices', 'headless', 'headless-manual-endpointslices'].map(name => ({
        ...sameNamespace,
        path: `/${name}`,
        backend: name,
      }));
    case 'ListenerSetAllowedRoutesNamespaces':
      return [{ via: `${infra}/gateway-with-listener-sets-test-allowed-routes` }];
    case 'ListenerSetDualParentRefIndependence':
      return [{ via: `${infra}/gateway-dual-parentref` }];
    default:
      return [isMeshTest(test) ? {} : sameNamespace];
  }
};
