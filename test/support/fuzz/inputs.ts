/** What the fuzzer sends: values, forms, frames and bytes, half of them nearly right. */
import fc, { type Arbitrary } from 'fast-check';
import { clientFrame as websocketFrame } from '../line.js';
import { field, file, multipart } from '../wall/bodies.js';
import { ODD_VALUES, WRONG_TYPES } from '../wall/values.js';

/** Names that the site knows, so that random values reach what reads them. */
const FIELDS = [
  ...['title', 'max', 'password', 'chat', 'clientId', 'message', 'name', 'upTo', 'on', 'lang', 'theme', 'back', 'code'],
  ...['stars', 'line', 'room', 'after', 'before', 'limit', 'batch', 'sessionId', 'note', 'text', 'id', 'to', 'with'],
  ...['toUserId', 'fromUserId', 'userId', 'token', 'type', 'alt', 'q', 'page', 'error', 'since'],
];

const known = fc.constantFrom(...FIELDS);
const odd = fc.constantFrom(...WRONG_TYPES, ...ODD_VALUES).map(({ value }) => value);

/** @param ids those of rooms, people and cases that are there */
export function inputs(ids: string[], pictures: Buffer[]) {
  const id = fc.constantFrom(...ids);
  const value = fc.oneof(
    { arbitrary: id, weight: 4 },
    { arbitrary: fc.string({ unit: 'binary', maxLength: 40 }), weight: 3 },
    { arbitrary: fc.constantFrom('a text', '1', 'on'), weight: 2 },
    { arbitrary: fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constant(null)), weight: 2 },
    { arbitrary: odd, weight: 2 },
    { arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 1 },
  );
  const key = fc.oneof(
    { arbitrary: known, weight: 8 },
    { arbitrary: known.map((name) => `${name}[$ne]`), weight: 1 },
    { arbitrary: fc.constantFrom('__proto__', 'constructor', '$where', 'a.b', ''), weight: 1 },
  );
  const object = fc
    .array(fc.tuple(key, value), { maxLength: 5 })
    .map((pairs) => JSON.stringify(Object.fromEntries(pairs)));
  /** A good object with something else in a field or two. */
  const changed = (good: object): Arbitrary<Record<string, unknown>> =>
    fc
      .array(fc.tuple(fc.oneof({ arbitrary: fc.constantFrom(...Object.keys(good)), weight: 5 }, key), value), {
        minLength: 1,
        maxLength: 2,
      })
      .map((pairs) => ({ ...good, ...Object.fromEntries(pairs) }));
  const json = (good: object) =>
    changed(good)
      .map(text)
      .chain((whole) =>
        fc.oneof({ arbitrary: fc.constant(whole), weight: 8 }, { arbitrary: damagedText(whole), weight: 1 }),
      );
  const form = (good: object) =>
    changed(good)
      .map((fields) =>
        Object.entries(fields)
          .map((pair) => pair.map((one) => escape(asText(one))).join('='))
          .join('&'),
      )
      .chain((whole) =>
        fc.oneof({ arbitrary: fc.constant(whole), weight: 4 }, { arbitrary: damagedText(whole), weight: 1 }),
      );

  const picture = fc.constantFrom(...pictures).chain((bytes) => damaged(bytes));
  const name = fc.oneof(key, fc.constantFrom('gif', 'gif'), fc.string({ unit: 'binary', maxLength: 10 }));
  const part = fc.oneof(
    fc.tuple(name, fc.string({ unit: 'binary', maxLength: 30 })).map(([one, text]) => field(one, text)),
    fc.tuple(name, name, picture).map(([one, two, bytes]) => file(one, two, bytes.toString('latin1'))),
  );
  const upload = fc.oneof(
    { arbitrary: picture.map((bytes) => multipart([file('gif', 'x.gif', bytes.toString('latin1'))])), weight: 3 },
    { arbitrary: fc.array(part, { maxLength: 7 }).map((parts) => multipart(parts)), weight: 1 },
  );
  const multipartBody = upload
    .map((text) => Buffer.from(text, 'latin1'))
    .chain((bytes) => fc.oneof({ arbitrary: fc.constant(bytes), weight: 4 }, { arbitrary: damaged(bytes), weight: 1 }));

  /** Packets of Engine.IO that carry packets of Socket.IO. */
  const namespace = fc.constantFrom('', '/chat,', '/lobby,', '/direct,', '/consult,', '/room,', '/none,');
  const event = fc.constantFrom(
    ...['join', 'leave', 'typing', 'post', 'sendMessage', 'read', 'reply', 'start-consult', 'resume-consult'],
    ...['send-message', 'end-consult', 'consult-typing', 'consultant-join', 'save-reply', 'list-ended', 'none'],
    ...['connect', 'disconnect', 'error', 'newListener', '__proto__'],
  );
  const packet = fc.oneof(
    {
      arbitrary: fc
        .tuple(namespace, fc.oneof(fc.constant(''), fc.nat().map(String)), event, fc.oneof(object, value.map(text)))
        .map(([where, ack, what, payload]) => `42${where}${ack}[${JSON.stringify(what)},${payload}]`),
      weight: 6,
    },
    { arbitrary: namespace.map((where) => `40${where}{"batch":true}`), weight: 1 },
    { arbitrary: namespace.map((where) => `451-${where}["join",{"_placeholder":true,"num":0}]`), weight: 1 },
    { arbitrary: fc.string({ unit: 'binary', maxLength: 30 }), weight: 1 },
  );
  const packets = fc.array(
    packet.chain((whole) =>
      fc.oneof(
        { arbitrary: fc.constant<string | Buffer>(whole), weight: 4 },
        { arbitrary: damagedText(whole), weight: 1 },
        { arbitrary: fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)), weight: 1 },
      ),
    ),
    { minLength: 1, maxLength: 8 },
  );

  /** Frames of the gateway. */
  const type = fc.constantFrom('init', 'chat', 'read', 'typing', 'token', 'none');
  const frame = fc
    .tuple(type, fc.array(fc.tuple(key, value), { maxLength: 4 }))
    .map(([kind, pairs]) => JSON.stringify({ ...Object.fromEntries(pairs), type: kind }))
    .chain((whole) =>
      fc.oneof({ arbitrary: fc.constant(whole), weight: 4 }, { arbitrary: damagedText(whole), weight: 1 }),
    );
  const frames = fc.array(frame, { minLength: 1, maxLength: 8 });
  /** What they are made of: bytes of a WebSocket. */
  const rawFrames = fc
    .array(fc.tuple(fc.constantFrom(0x81, 0x82, 0x01, 0x80, 0x88, 0x89, 0x8a, 0xc1, 0x83), frame), {
      minLength: 1,
      maxLength: 4,
    })
    .map((list) => Buffer.concat(list.map(([first, payload]) => websocketFrame(first, Buffer.from(payload)))))
    .chain((bytes) => damaged(bytes));

  const query = fc.array(fc.tuple(key, value), { maxLength: 4 }).map((pairs) => {
    const parts = pairs.map(([one, two]) => `${escape(one)}=${escape(asText(two))}`);
    return parts.join('&').slice(0, 8_000);
  });
  return { json, form, query, multipartBody, packets, frames, rawFrames };
}

const text = (value: unknown): string => JSON.stringify(value);

const asText = (value: unknown): string => (typeof value === 'string' ? value : text(value));

const escape = (value: string): string => encodeURIComponent(value.toWellFormed());

/** Bytes with a few of them changed, cut out, doubled or added. */
export function damaged(bytes: Buffer): Arbitrary<Buffer> {
  const at = fc.nat({ max: Math.max(0, bytes.length - 1) });
  const change = fc.oneof(
    fc.record({ at, put: fc.uint8Array({ minLength: 1, maxLength: 4 }), drop: fc.constantFrom(0, 1, 4) }),
    fc.record({ at, put: fc.constant(new Uint8Array()), drop: fc.nat({ max: bytes.length }) }),
  );
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce(
        (now, { at: from, put, drop }) => Buffer.concat([now.subarray(0, from), put, now.subarray(from + drop)]),
        bytes,
      ),
    );
}

const damagedText = (whole: string): Arbitrary<string> => damaged(Buffer.from(whole)).map((bytes) => bytes.toString());

/** A request of HTTP by hand, damaged. */
export const heads = (port: number): Arbitrary<Buffer> =>
  fc
    .constantFrom(
      `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nAccept: text/html\r\n\r\n`,
      `POST /room HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`,
      `POST /room HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
      `GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      `OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n`,
    )
    .chain((head) => damaged(Buffer.from(head)));
