/** Errors about which requests a rule takes, and where it leads. */

import type { CapabilityId } from '../../src/model/capability.ts';
import type { Subset } from '../../src/model/frontend.ts';
import type { Regex, TextMatch } from '../../src/model/match.ts';
import {
  at,
  each,
  inBackends,
  inFrontends,
  inHeaders,
  inHeaderTexts,
  inMatches,
  inPaths,
  inSplits,
  nothing,
} from './edits.ts';
import { error, type PlantedError, type Untried } from './error.ts';

const partial = (regex: Regex): Regex => ({ ...regex, anchoring: 'partial' });

const someText: Regex = { pattern: '.+', dialect: 're2', anchoring: 'full' };

const anywhere = (match: TextMatch): TextMatch =>
  match.kind === 'regex' ? { ...match, regex: partial(match.regex) } : match;

const asPrefix = (match: TextMatch): TextMatch =>
  match.kind === 'exact' ? { kind: 'prefix', value: match.value } : match;

/** Versions of the bed go by a label. */
const other = (subset: Subset): Subset => {
  const { version } = subset.labels ?? {};
  if (version === undefined) return subset;
  return { ...subset, labels: { ...subset.labels, version: version === 'v1' ? 'v2' : 'v1' } };
};

export const routeErrors = {
  'path-exact': error(
    'an exact path is a prefix',
    inPaths(path => (path.kind === 'exact' ? { ...path, kind: 'prefix' } : path)),
  ),
  'path-prefix': error(
    'a prefix goes by segments',
    inPaths(path =>
      path.kind === 'prefix' ? { ...path, kind: 'segmentPrefix', value: path.value.replace(/\/$/, '') } : path,
    ),
  ),
  'path-segment-prefix': error(
    'a prefix by segments is a prefix of the text',
    inPaths(path => (path.kind === 'segmentPrefix' ? { ...path, kind: 'prefix' } : path)),
  ),
  'path-regex': error(
    'an expression may stand anywhere in the path',
    inPaths(path => (path.kind === 'regex' ? { ...path, regex: partial(path.regex) } : path)),
  ),
  'path-ignore-case': error(
    'case matters',
    inPaths(path => ('ignoreCase' in path ? at(path, 'ignoreCase', nothing) : path)),
  ),
  'header-exact': error('an exact value is a prefix', inHeaderTexts(asPrefix)),
  'header-prefix': error(
    'a prefix is the whole value',
    inHeaderTexts(match =>
      match.kind === 'prefix' || match.kind === 'suffix' ? { kind: 'exact', value: match.value } : match,
    ),
  ),
  'header-present': error(
    'a header without a value is not there',
    inHeaders(header =>
      header.match.kind === 'present' ? { ...header, match: { kind: 'regex', regex: someText } } : header,
    ),
  ),
  'header-absent': error(
    'a header that must not be there does not matter',
    inHeaders(header => (header.inverted && header.match.kind === 'present' ? undefined : header)),
  ),
  'header-regex': error('an expression may stand anywhere in the value', inHeaderTexts(anywhere)),
  'header-negation': error(
    'a value that must not be there has to be',
    inHeaders(header => (header.inverted && header.match.kind !== 'present' ? { ...header, inverted: false } : header)),
  ),
  'query-match': error(
    'any of several values of a parameter is enough',
    inMatches(match =>
      at(match, 'query', query =>
        each(query ?? [], one => (one.repeated === 'first' ? { ...one, repeated: 'any' } : one)),
      ),
    ),
  ),
  'method-match': error(
    'the method does not matter',
    inMatches(match => at(match, 'method', nothing)),
  ),
  'scheme-match': error(
    'the scheme does not matter',
    inMatches(match => at(match, 'scheme', nothing)),
  ),
  'authority-match': error(
    'the Host does not matter',
    inMatches(match => at(match, 'authority', nothing)),
  ),
  'grpc-match': error(
    'calls are taken whatever they call',
    inFrontends(frontend =>
      frontend.protocol === 'grpc'
        ? at(frontend, 'rules', rules => each(rules, rule => at(rule, 'match', match => at(match, 'path', nothing))))
        : frontend,
    ),
  ),
  'caller-match': error(
    'a rule is for all callers',
    inMatches(match => at(match, 'caller', nothing)),
  ),
  'claim-match': { untried: 'rules about tokens are for gateways, which nobody enters with a token' },
  'tls-route': error(
    'server names do not matter',
    inFrontends(frontend => (frontend.protocol === 'tls' ? undefined : frontend)),
  ),
  'tcp-route': error(
    'connections go to the service that was dialled',
    inFrontends(frontend => (frontend.protocol === 'tcp' ? undefined : frontend)),
  ),
  'first-match-order': error(
    'the last rule that matches decides',
    inFrontends(frontend => at(frontend, 'rules', rules => (rules.length > 1 ? rules.toReversed() : rules))),
  ),
  subset: error(
    'the subsets of a service are taken for each other',
    inBackends(backend =>
      backend.kind === 'service' ? at(backend, 'subset', subset => subset && other(subset)) : backend,
    ),
  ),
  'weighted-split': error(
    'weights stand the wrong way round',
    inSplits(split =>
      split.length > 1
        ? split.map((share, index) => ({ ...share, weight: split.at(-1 - index)?.weight ?? share.weight }))
        : split,
    ),
  ),
} satisfies Partial<Record<CapabilityId, PlantedError | Untried>>;
