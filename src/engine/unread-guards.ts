import type { Adapter } from '../adapter/adapter.ts';
import { type Disposition, refused } from '../adapter/disposition.ts';
import { forPeople, type Unread } from '../base/field.ts';
import { groupBy } from '../base/order.ts';
import { type ObjectRef, objectKey, objectTitle } from '../base/source.ts';
import { groupOf } from '../native/snapshot.ts';

/** Whether what stands in an object of this kind may keep somebody out. */
export const isGuard =
  (adapters: readonly Pick<Adapter, 'resources'>[]) =>
  (object: ObjectRef): boolean =>
    adapters.some(({ resources }) =>
      resources.some(({ guards, group, kind }) => guards && kind === object.kind && group === groupOf(object)),
    );

/** What nobody read, object by object. */
export const unreadByObject = (unread: readonly Unread[]): readonly (readonly [Unread, ...Unread[]])[] =>
  [...groupBy(unread, ({ source }) => objectKey(source.object)).values()] as [Unread, ...Unread[]][];

/** `spec.a`, `spec.b` could not be read (why) */
export const unreadText = (fields: readonly [Unread, ...Unread[]]): string =>
  `${fields.map(({ source }) => `\`${source.path}\``).join(', ')} could not be read (${fields[0].reason})`;

/**
 * Fields of access policies that nobody read. They are no part of the model, so no writer is asked about them; but what
 * stood in them may have kept somebody out, and is lost on the way to any target. One disposition for each object.
 */
export const unreadGuards = (unread: readonly Unread[], from: Pick<Adapter, 'resources'>): readonly Disposition[] => {
  const guards = isGuard([from]);
  return unreadByObject(unread.filter(({ source, reason }) => reason !== forPeople && guards(source.object))).map(
    fields => {
      const [{ source }] = fields;
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
    },
  );
};
