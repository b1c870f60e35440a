import type { Adapter } from '../adapter/adapter.ts';
import { type Disposition, refused } from '../adapter/disposition.ts';
import type { Unread } from '../base/field.ts';
import { groupBy } from '../base/order.ts';
import { objectKey, objectTitle } from '../base/source.ts';
import { groupOf } from '../native/snapshot.ts';

/** Fields of access policies that nobody read, by object: what stood in them may have kept somebody out. */
export const unreadGuardFields = (
  unread: readonly Unread[],
  adapters: readonly Pick<Adapter, 'resources'>[],
): readonly (readonly Unread[])[] => {
  const resources = adapters.flatMap(adapter => adapter.resources);
  const guards = new Set(resources.flatMap(({ guards, group, kind }) => (guards ? [`${group}/${kind}`] : [])));
  const lost = unread.filter(({ source: { object } }) => guards.has(`${groupOf(object)}/${object.kind}`));
  return [...groupBy(lost, ({ source }) => objectKey(source.object)).values()];
};

/** `spec.a`, `spec.b` could not be read (why) */
export const unreadText = (fields: readonly Unread[]): string =>
  `${fields.map(({ source }) => `\`${source.path}\``).join(', ')} could not be read (${fields[0]?.reason})`;

/** They are no part of the model, so no writer is asked about them, and lost on the way to any target. */
export const unreadGuards = (unread: readonly Unread[], from: Pick<Adapter, 'resources'>): readonly Disposition[] =>
  unreadGuardFields(unread, [from]).map(fields => {
    const [{ source }] = fields as [Unread];
    const { loss } = refused('unread-guard', `${unreadText(fields)}, and may keep somebody out`, {
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
