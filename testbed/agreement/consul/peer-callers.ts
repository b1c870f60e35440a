/** Who calls across two peered clusters, and how intentions name them. */
import { far } from '../../consul/agent.ts';

export const peer = far.datacenter;
/** Those of the peer. */
export const there = ['client', 'client2'].map(name => `${peer}/${name}`);
export const callers = [...there, 'shop/client', 'shop/client2'].map(caller => ({ caller }));

export const client = (rest: object): object => ({ name: 'client', peer, ...rest });
export const everyone = (rest: object): object => ({ name: '*', peer, ...rest });
export const allow = { action: 'allow' };
export const deny = { action: 'deny' };
