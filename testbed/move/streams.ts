/** Who calls the service while it moves, and what each must get at every moment. */
import { hostOf } from '../istio/native.ts';
import { node } from '../kubernetes/cluster.ts';
import type { Orders } from '../probe/orders.ts';
import type { Reply } from '../probe/wire.ts';
import { bridge, bridgePort, service, timeoutMs } from './shop.ts';
import type { Stream } from './traffic.ts';

export interface Senders {
  /** Whom the policy lets in. */
  readonly client: Orders;
  /** A member of the mesh whom it does not. */
  readonly stranger: Orders;
  /** In no mesh. */
  readonly plain: Orders;
}

export interface Addresses {
  readonly serviceAddress: string;
  readonly bridgeAddress: string;
  readonly bridgePod: string;
}

const marks = ({ headers = [] }: Reply): string =>
  headers
    .filter(([name]) => name.toLowerCase() === 'x-answered-by')
    .map(([, value]) => value)
    .join();

const isAnswered = (reply: Reply): boolean => reply.status === 200 && marks(reply) === service;
const isSecond = (reply: Reply): boolean =>
  reply.status === 200 && marks(reply) === '' && (reply.body ?? '').includes(`${service}-v2`);

/** The public port of the first sidecar of the moved service. */
const consulPort = 5250;

export const streamsOf = (
  { client, stranger, plain }: Senders,
  { serviceAddress, bridgeAddress, bridgePod }: Addresses,
): readonly Stream[] => {
  const there = { address: serviceAddress, port: 80, host: hostOf(service), path: '/' };
  const straight = { address: bridgePod, port: bridgePort, host: hostOf(service), path: '/' };
  return [
    { ...there, name: 'reads', caller: client, rate: 24, expected: isAnswered },
    { ...there, name: 'writes', caller: client, method: 'POST', rate: 8, expected: isAnswered },
    { ...there, name: 'second version', caller: client, path: '/v2/x', rate: 8, expected: isSecond },
    {
      ...there,
      name: 'too slow',
      caller: client,
      rate: 4,
      plan: { delayMs: timeoutMs + 800 },
      expected: ({ status }) => status === 504,
    },
    { ...there, name: 'method that nobody may use', caller: client, method: 'DELETE', rate: 8, expected: 'refused' },
    { ...there, name: 'stranger', caller: stranger, rate: 16, expected: 'refused' },
    {
      ...there,
      name: 'stranger at the bridge',
      caller: stranger,
      address: bridgeAddress,
      host: hostOf(bridge),
      rate: 8,
      expected: 'refused',
    },
    { ...straight, name: 'stranger at the pod of the bridge', caller: stranger, rate: 4, expected: 'refused' },
    { ...straight, name: 'plaintext at the pod of the bridge', caller: plain, rate: 8, expected: 'refused' },
    {
      ...straight,
      name: 'plaintext at Consul',
      caller: plain,
      address: node.address,
      port: consulPort,
      rate: 8,
      expected: 'refused',
    },
  ];
};
