/** The AsyncAPI 3 document of Socket.IO's namespaces and the raw gateway, made of the validators and the contract's types. */
import type { z } from 'zod';
import { inputSchema, type Schema } from '../../schemas/api/inputs.js';
import { ACKNOWLEDGED, SCHEMAS, SERVER_EVENTS, SERVER_FRAMES } from '../../schemas/api/view-schemas.js';
import { consultInputs, deskInputs } from '../../schemas/consult/payloads.js';
import { directInputs } from '../../schemas/direct/payloads.js';
import { gatewayFrame } from '../../schemas/gateway.js';
import { lobbyInputs } from '../../schemas/lobby/payloads.js';
import { chatInputs, listInputs } from '../../schemas/rooms/payloads.js';
import { pulseInputs } from '../../schemas/site/payloads.js';

/** Namespace -> event of a client -> validator of what it carries. */
const CLIENT_EVENTS: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>> = {
  '/': pulseInputs.validators,
  '/room': listInputs.validators,
  '/chat': chatInputs.validators,
  '/lobby': lobbyInputs.validators,
  '/direct': directInputs.validators,
  '/consult': { ...consultInputs.validators, ...deskInputs.validators },
};

interface Channel {
  address: string;
  server: 'socketio' | 'gateway';
  /** Event or frame -> what it carries; what a client sends, what the site sends, what it acknowledges with. */
  received: Record<string, Schema>;
  sent: Record<string, Schema>;
  acknowledged: Record<string, Schema>;
}

const shapesOf = (validators: Readonly<Record<string, z.ZodType>>): Record<string, Schema> =>
  Object.fromEntries(Object.entries(validators).map(([name, validator]) => [name, inputSchema(validator)]));

/** Frames by their `type`. */
const byType = (frames: readonly Schema[]): Record<string, Schema> =>
  Object.fromEntries(
    frames.map((frame) => {
      const { type } = frame['properties'] as { type: { const: string } };
      return [type.const, frame];
    }),
  );

function channels(): Record<string, Channel> {
  const all: Record<string, Channel> = {};
  for (const [address, validators] of Object.entries(CLIENT_EVENTS))
    all[address === '/' ? 'pulse' : address.slice(1)] = {
      address,
      server: 'socketio',
      received: shapesOf(validators),
      sent: { ...SERVER_EVENTS[address] },
      acknowledged: { ...ACKNOWLEDGED[address] },
    };
  const { oneOf = [] } = inputSchema(gatewayFrame) as { oneOf?: Schema[] };
  all['gateway'] = {
    address: '/ws',
    server: 'gateway',
    received: byType(oneOf),
    sent: byType(SERVER_FRAMES),
    acknowledged: {},
  };
  return all;
}

const messagesOf = (kind: string, payloads: Record<string, Schema>) =>
  Object.entries(payloads).map(([name, payload]) => [`${kind}.${name}`, { name, payload }] as const);

/** @param host where the site is, with its port; @param base its path. */
export function asyncApi(host: string, base = ''): object {
  const all = channels();
  const operations: Record<string, object> = {};
  for (const [key, { received, sent, acknowledged }] of Object.entries(all)) {
    const channel = { $ref: `#/channels/${key}` };
    const message = (name: string) => ({ $ref: `#/channels/${key}/messages/${name}` });
    for (const name of Object.keys(received)) {
      const reply = acknowledged[name] && { reply: { channel, messages: [message(`acknowledged.${name}`)] } };
      operations[`${key}.${name}`] = { action: 'receive', channel, messages: [message(`received.${name}`)], ...reply };
    }
    for (const name of Object.keys(sent))
      operations[`${key}.on.${name}`] = { action: 'send', channel, messages: [message(`sent.${name}`)] };
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'GIF Chat: sockets',
      version: '1',
      description: 'The site receives what clients send. See docs/events.md and docs/gateway.md.',
    },
    defaultContentType: 'application/json',
    servers: {
      socketio: { host, pathname: `${base}/socket.io`, protocol: 'socket.io' },
      gateway: { host, pathname: `${base}/ws`, protocol: 'ws' },
    },
    channels: Object.fromEntries(
      Object.entries(all).map(([key, { address, server, received, sent, acknowledged }]) => [
        key,
        {
          address,
          servers: [{ $ref: `#/servers/${server}` }],
          messages: Object.fromEntries([
            ...messagesOf('received', received),
            ...messagesOf('acknowledged', acknowledged),
            ...messagesOf('sent', sent),
          ]),
        },
      ]),
    ),
    operations,
    components: { schemas: SCHEMAS },
  };
}
