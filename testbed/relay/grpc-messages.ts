import { BedFailure } from '../failures.ts';

/** A flag and four bytes of length. */
const headLength = 5;

const framed = (message: Buffer): Buffer => {
  const head = Buffer.alloc(headLength);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};

/** Changes each message of a gRPC stream, wherever the stream is cut: takes the next bytes, and gives those that can go on. */
export const changingMessages = (change: (message: Buffer) => Buffer): ((bytes: Buffer) => Buffer) => {
  let rest: Buffer = Buffer.alloc(0);
  return bytes => {
    const ready: Buffer[] = [];
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= headLength) {
      const end = headLength + rest.readUInt32BE(1);
      if (rest.length < end) break;
      if (rest[0] !== 0) throw new BedFailure('a message is compressed, which nobody has asked for');
      ready.push(framed(change(rest.subarray(headLength, end))));
      rest = rest.subarray(end);
    }
    return Buffer.concat(ready);
  };
};
