import type { Match, TextMatch } from '../../model/match.ts';
import { bordersOf } from '../addresses.ts';
import type { Ask, Caller, Destination } from '../request.ts';
import { type Draft, requestFrom } from '../samples/draft.ts';
import { baseDrafts } from '../samples/requests.ts';
import type { Target } from '../samples/target.ts';
import { textValues } from '../samples/text-values.ts';
import type { Names } from './solve-part.ts';

/** One way to speak to one target: the plainest request, from which all others are made. */
export interface SpokenTo extends Names {
  readonly draft: Draft;
  readonly ask: (caller: Caller, draft: Draft) => Ask;
}

const destinationOf = ({ to }: Target, { dialled }: Draft): Destination =>
  dialled === undefined ? to : { host: dialled, ...(to.port === undefined ? {} : { port: to.port }) };

/** The usual spellings of the Host: left to the client, with the port, in capitals; and those that rules ask for. */
const hostsOf = ({ to, frontends }: Target): (string | undefined)[] => {
  const host = 'host' in to ? to.host : undefined;
  const short = 'service' in to ? to.service.split('/')[1] : undefined;
  const asked = frontends.flatMap(({ rules }) => rules.flatMap(({ match }) => askedOfHost(match).flatMap(textValues)));
  return [undefined, host && `${host}:${to.port ?? 80}`, host?.toUpperCase(), short, ...asked].filter(
    (name, index) => index === 0 || name !== undefined,
  );
};

const isPseudoHost = (name: string): boolean => name === 'host' || name === ':authority';

const askedOfHost = ({ authority, headers = [] }: Match): readonly TextMatch[] => [
  ...(authority ? [authority] : []),
  ...headers.flatMap(({ name, match }) => (isPseudoHost(name) ? [match] : [])),
];

/** Addresses that rules ask about, dialled in place of a host; a service has its own. */
const dialledOf = ({ to, frontends }: Target): (string | undefined)[] => {
  if ('service' in to) return [undefined];
  const ranges = frontends.flatMap(({ rules }) => rules.flatMap(({ match }) => match.addresses ?? []));
  return [undefined, ...new Set(ranges.flatMap(bordersOf))];
};

export const spokenTo = (target: Target): SpokenTo[] => {
  const via = target.via === undefined ? {} : { via: target.via };
  // Most requests are asked nothing about their Host.
  let known: readonly (string | undefined)[] | undefined;
  return baseDrafts(target).flatMap(base =>
    dialledOf(target).map(dialled => ({
      get hosts() {
        known ??= hostsOf(target);
        return known;
      },
      draft: dialled === undefined ? base : { ...base, dialled },
      ask: (caller, draft) => ({ caller, to: destinationOf(target, draft), ...via, request: requestFrom(draft) }),
    })),
  );
};
