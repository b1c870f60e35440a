/** Passes on what istiod tells proxies that are not of Istio's own build. `PORT`: where it listens. `TARGET`: istiod. */
import { withKnownFilters } from '../relay/known-filters.ts';
import { relayTo } from '../relay/relay.ts';

relayTo(process.env.TARGET ?? '', withKnownFilters).listen(Number(process.env.PORT));
