import { type GatewayApiProfile, specificationProfile } from '../../../native/gateway-api/profile.ts';

/**
 * How sidecars take Gateway API routes on Services (observed, section 15): regular expressions below every prefix, even
 * `/`, and the longer text first among them (15.1); consumer routes stand in place of the producer's (15.10); no grant is
 * asked for a backend of another namespace (15.11); host names are ignored (15.13); what leads nowhere answers 500 (15.4);
 * the experimental `retry` is no field of theirs (15.6); of routes for a port and for all ports the older one is the whole
 * answer on that port (observed in the test bed).
 */
export const sidecarProfile: GatewayApiProfile = {
  ...specificationProfile,
  ranking: { kind: 'specification', regex: 'belowPrefixes', regexSpecified: true, regexTies: 'longerPattern' },
  retries: false,
  consumerRoutes: 'replace',
  portRoutes: 'apart',
  serviceHostnames: 'ignored',
  grantsForServiceRoutes: false,
};

/**
 * How gateways take routes: as sidecars do, but with one virtual host for each host name, so that a request is never tried
 * with a wider one (17.6), and with every kind of route that speaks HTTP in it.
 */
export const ingressProfile: GatewayApiProfile = { ...sidecarProfile, hostFallThrough: false, mixedKinds: 'merge' };
