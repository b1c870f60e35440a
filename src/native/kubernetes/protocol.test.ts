import { expect, it } from 'vitest';
import { protocolOf } from './protocol.ts';

it.each([
  ['http', 'http'],
  ['http-admin', 'http'],
  ['HTTP2', 'http2'],
  ['grpc', 'grpc'],
  ['grpc-web', 'http'],
  ['grpc-web-ui', 'http'],
  ['https', 'https'],
  ['tls-sni', 'tls'],
  ['tcp', 'tcp'],
  ['mongo', 'tcp'],
  ['mysql-main', 'tcp'],
  ['redis', 'tcp'],
  ['web', 'detect'],
  ['httpx', 'detect'],
  ['constructor', 'detect'],
  ['', 'detect'],
])('takes a port named %s for %s', (name, protocol) => {
  expect(protocolOf({ name })).toBe(protocol);
});

it('believes appProtocol before the name', () => {
  expect(protocolOf({ name: 'http', appProtocol: 'tcp' })).toBe('tcp');
  expect(protocolOf({ name: 'http', appProtocol: 'example.com/own' })).toBe('detect');
});

it('knows the names that Kubernetes defines', () => {
  expect(protocolOf({ appProtocol: 'kubernetes.io/h2c' })).toBe('http2');
  expect(protocolOf({ appProtocol: 'kubernetes.io/ws' })).toBe('http');
  expect(protocolOf({ appProtocol: 'kubernetes.io/wss' })).toBe('https');
});

it('takes every transport but TCP for what passes the proxies by', () => {
  expect(protocolOf({ transport: 'UDP', name: 'http' })).toBe('udp');
  expect(protocolOf({ transport: 'SCTP', appProtocol: 'http' })).toBe('udp');
});
