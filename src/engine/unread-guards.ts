import type { Adapter } from '../adapter/adapter.ts';
import { type Disposition, refused } from '../adapter/disposition.ts';
import type { Unread } from '../base/field.ts';
import { groupBy } from '../base/order.ts';
import { objectKey, objectTitle } from '../base/source.ts';
import { groupOf } from '../native/snapshot.ts';

/**
 * Fields of access policies that nobody read. They are no part of the model, so no writer is asked about them; but what
 * stood in them may have kept somebody out, and is lost on the way to any target. One disposition for each object.
 */
export const unreadGuards = (unread: readonly Unread[], from: Pick<Adapter, 'resources'>): readonly Disposition[] => {
  const guards = new Set(from.resources.flatMap(({ guards, group, kind }) => (guards ? [`${group}/${kind}`] : [])));
  const lost = unread.filter(({ source: { object } }) => guards.has(`${groupOf(object)}/${object.kind}`));
  return [...groupBy(lost, ({ source }) => objectKey(source.object)).values()].map(fields => {
    const [{ source, reason }] = fields as [Unread];
    const paths = fields.map(field => `\`${field.source.path}\``).join(', ');
    const { loss } = refused('unread-guard', `${paths} could not be read (${reason}), and may keep somebody out`, {
      severity: 'security',
      workaround: 'correct the field, or see that the target does without it, then accept this loss',
    });
    return {
      capability: 'not-understood',
      subject: objectTitle(source.object),
      leaf: 'unread',
      result: 'refused',
      loss,
      source,
    };
  });
};
