/** Messages of protobuf on the wire, as far as it takes to leave something out of one and keep every other byte. */
import { BedFailure } from '../failures.ts';

/** A field of a message. */
export interface Field {
  readonly number: number;
  /** All its bytes, with the tag in front. */
  readonly whole: Buffer;
  /** What stands inside, if it is a text, bytes or another message; absent: it is a number. */
  readonly inside?: Buffer;
}

/** A number that takes as many bytes as it needs, seven bits in each. */
const varintAt = (bytes: Buffer, start: number): { readonly value: number; readonly end: number } => {
  let value = 0;
  for (let at = start, unit = 1; at < bytes.length; at += 1, unit *= 128) {
    const byte = bytes[at]!;
    value += (byte & 127) * unit;
    if (byte < 128) return { value, end: at + 1 };
  }
  throw new BedFailure('a message ends within a number');
};

const varint = (value: number): readonly number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];

const fieldAt = (bytes: Buffer, start: number): Field => {
  const { value: tag, end: afterTag } = varintAt(bytes, start);
  const number = Math.floor(tag / 8);
  const field = (end: number, inside?: Buffer): Field => {
    if (end > bytes.length) throw new BedFailure(`a message ends within its field ${number}`);
    return { number, whole: bytes.subarray(start, end), ...(inside ? { inside } : {}) };
  };
  switch (tag % 8) {
    case 0:
      return field(varintAt(bytes, afterTag).end);
    case 1:
      return field(afterTag + 8);
    case 2: {
      const { value: length, end } = varintAt(bytes, afterTag);
      return field(end + length, bytes.subarray(end, end + length));
    }
    case 5:
      return field(afterTag + 4);
    default:
      throw new BedFailure(`a message has a field ${number} of the type ${tag % 8}, which nobody sends`);
  }
};

/** The fields of a message in their order. */
export const fieldsIn = (message: Buffer): readonly Field[] => {
  const fields: Field[] = [];
  for (let at = 0; at < message.length; at += fields.at(-1)!.whole.length) fields.push(fieldAt(message, at));
  return fields;
};

/** A field with something inside, as bytes. */
export const fieldOf = (number: number, inside: Buffer): Buffer =>
  Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(inside.length)]), inside]);

/** What stands inside of a field of a message; of several the last counts. */
export const insideOf = (message: Buffer, number: number): Buffer | undefined =>
  fieldsIn(message).findLast(field => field.number === number)?.inside;

/** What becomes of the inside of a field; undefined: it is left out. */
export type Change = (inside: Buffer) => Buffer | undefined;

/** A message with some fields changed, by their numbers. Where nothing changes it is the very same. */
export const withFields = (message: Buffer, changes: Readonly<Record<number, Change>>): Buffer => {
  const fields = fieldsIn(message);
  const parts = fields.map(({ number, whole, inside }) => {
    const change = changes[number];
    if (!change || !inside) return whole;
    const changed = change(inside);
    if (changed === inside) return whole;
    return changed ? fieldOf(number, changed) : Buffer.alloc(0);
  });
  return parts.every((part, index) => part === fields[index]?.whole) ? message : Buffer.concat(parts);
};
