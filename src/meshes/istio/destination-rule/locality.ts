import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { Field } from '../../../base/field.ts';
import type { Locality } from '../../../model/capabilities/locality.ts';
import { type Reading, report } from '../reading.ts';

/**
 * Preference for near endpoints: `loadBalancer.localityLbSetting` or `zoneAwareLbSetting`, or MeshConfig's where there is
 * neither. Going elsewhere when endpoints fail needs outlier detection, which tells that they do (meshes.md A.1.3).
 */
export const readLocality = (
  loadBalancer: Field | undefined,
  detectsOutliers: boolean,
  otherwise: Locality | undefined,
): Locality | undefined => {
  const zoneAware = loadBalancer?.at('zoneAwareLbSetting');
  const field = loadBalancer?.at('localityLbSetting');
  if (field) zoneAware?.leave('`localityLbSetting` takes its place');
  if (field) return readSetting(field, detectsOutliers);
  if (!zoneAware) return otherwise && forOutliers(otherwise, detectsOutliers);
  const minimumEndpoints = zoneAware.number('minClusterSize');
  return {
    ...readSetting(zoneAware, detectsOutliers),
    zoneAware: { ...(minimumEndpoints === undefined ? {} : { minimumEndpoints }) },
  };
};

/** Whoever writes where to go when endpoints fail and not how to tell that they do should know. */
export const reportFailover = (reading: Reading, loadBalancer: Field | undefined): void => {
  const setting = loadBalancer?.at('localityLbSetting') ?? loadBalancer?.at('zoneAwareLbSetting');
  if (!setting || setting.boolean('enabled') === false) return;
  const failover = setting.at('failoverPriority') ?? setting.at('failover');
  if (failover) report(reading, 'ISTIO102', failover, 'endpoints elsewhere are never used in place of failing ones');
};

/** One setting; also MeshConfig's, for which it is not known yet whether outliers are detected. */
export const readSetting = (field: Field, detectsOutliers: boolean): Locality => {
  field.isEmptyObject();
  const enabled = field.boolean('enabled');
  const off = enabled === false ? 'the setting is switched off' : undefined;
  const useless = off ?? (detectsOutliers ? undefined : 'without outlierDetection nothing ever fails over');
  if (useless) for (const key of ['failover', 'failoverPriority']) field.at(key)?.leave(useless);
  if (off) field.at('distribute')?.leave(off);
  const distribute = off ? [] : field.list('distribute');
  const failover = useless ? [] : field.list('failover');
  const priority = useless ? undefined : field.texts('failoverPriority');
  return {
    ...(enabled === undefined ? {} : { enabled }),
    ...(distribute.length > 0 ? { distribute: distribute.map(readShares) } : {}),
    ...(failover.length > 0
      ? { failover: failover.map(step => ({ from: step.text('from') ?? '', to: step.text('to') ?? '' })) }
      : {}),
    ...(priority ? { priority } : {}),
    source: field,
  };
};

const readShares = (field: Field): NonNullable<Locality['distribute']>[number] => ({
  from: field.text('from') ?? '',
  to: Object.fromEntries(
    field.entries('to').flatMap(([place, share]): [string, number][] => {
      const percent = share.asNumber();
      return percent === undefined ? [] : [[place, percent]];
    }),
  ),
});

const forOutliers = (locality: Locality, detectsOutliers: boolean): Locality =>
  detectsOutliers ? locality : withoutFailover(locality);

/** What is left where nothing tells that endpoints fail. */
export const withoutFailover = ({ failover: _failover, priority: _priority, ...rest }: Locality): Locality => rest;

/** Whether it says anything that matters without outlier detection or with it. */
export const isUsefulLocality = (locality: Locality | undefined): locality is Locality =>
  locality !== undefined &&
  (locality.enabled === false ||
    Boolean(locality.distribute ?? locality.failover ?? locality.priority ?? locality.zoneAware));

/** Endpoints of another service never stand in for those of this one. */
export const withoutFallbacks = ({ fallbacks: _fallbacks, ...rest }: Locality): Verdict<Locality> => {
  const message = 'while no endpoint is healthy nothing goes to another service';
  const workaround = 'give both services one Service whose selector takes the pods of both';
  return isUsefulLocality(rest)
    ? approximated(rest, 'locality-fallbacks', message, { workaround })
    : refused('locality-fallbacks', message, { workaround });
};

/** The same as parts of `loadBalancer`. */
export const emitLocality = (locality: Locality): Record<string, unknown> => {
  const { zoneAware } = locality;
  const minimum = zoneAware?.minimumEndpoints;
  const setting = {
    ...(locality.enabled === undefined ? {} : { enabled: locality.enabled }),
    ...(locality.distribute && !zoneAware ? { distribute: locality.distribute } : {}),
    ...(locality.failover ? { failover: locality.failover } : {}),
    ...(locality.priority ? { failoverPriority: locality.priority } : {}),
    ...(minimum === undefined ? {} : { minClusterSize: minimum }),
  };
  return { [zoneAware ? 'zoneAwareLbSetting' : 'localityLbSetting']: setting };
};
