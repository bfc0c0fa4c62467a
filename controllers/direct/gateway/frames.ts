/** What each frame of a client does: one handler a type, typed by the contract. */
import type { z } from 'zod';
import { type GatewayClientFrame, gatewayFrame } from '../../../schemas/gateway.js';
import { visitorId } from '../../../schemas/people/visitor-id.js';
import type { Identity } from '../../../services/people/tokens.js';
import { AppError } from '../../../services/site/errors.js';
import type { Limits } from '../../../services/site/limits.js';
import { translator } from '../../../services/site/locales.js';
import { takeChat, takeWork } from '../../site/allowance.js';
import type { Site } from '../../site/site.js';
import { parse } from '../../site/validate.js';
import type { Online } from '../online.js';
import type { GatewayConnection } from './connection.js';
import { type Delivery, sentFrame } from './delivery.js';

type Frame<Type extends GatewayClientFrame['type']> = Extract<z.output<typeof gatewayFrame>, { type: Type }>;

/** They throw AppErrors for what a client is to be told. */
export type FrameHandlers = {
  [Type in GatewayClientFrame['type']]: (connection: GatewayConnection, frame: Frame<Type>) => Promise<void>;
};

/** What frames cost (takeWork). */
const COSTS = {
  ...{ init: 5, chat: 2, read: 2, typing: 1, token: 2 },
  ...{ join: 6, post: 2, leave: 3 },
} as const satisfies Record<GatewayClientFrame['type'], number>;

/** Work on one frame. @throws AppError bad_input, rate_limited, busy, and what its handler throws. */
export async function takeFrame(
  handlers: FrameHandlers,
  connection: GatewayConnection,
  json: unknown,
  limits: Limits,
): Promise<void> {
  const frame = parse(gatewayFrame, json);
  const { identity, cookie, id, address } = connection;
  takeWork(limits, { visitor: (identity ?? cookie)?.visitor.id ?? id, address }, COSTS[frame.type]);
  // The table gives each type its own handler; that the two belong together is lost on the type checker.
  const handler = handlers[frame.type] as (connection: GatewayConnection, given: typeof frame) => Promise<void>;
  await handler(connection, frame);
}

/** Handlers of frames about rooms, which direct messages know nothing of. */
export type RoomHandlers = Pick<FrameHandlers, 'join' | 'post' | 'leave'>;

export function frameHandlers(
  delivery: Delivery,
  online: Online,
  rooms: RoomHandlers,
  { services, config }: Site,
): FrameHandlers {
  /** @throws AppError not_found, where direct messages are off (PLACES). */
  const needDirect = () => {
    if (!config.places.has('direct')) throw new AppError('not_found');
  };
  const { direct, conversations, conversationFlags, presence, tokens, limits, nodes, events, siteBans } = services;

  return {
    ...rooms,

    /** Who, and from where on. Subscribed before anything is read, so that nothing falls between. */
    async init(connection, { token, userId, after }) {
      if (connection.identity) throw new AppError('already_open');
      const identity = token === undefined ? connection.cookie : await tokens.who(token);
      if (!identity) throw new AppError(token === undefined ? 'no_session' : 'bad_token');
      const { id, name } = identity.visitor;
      if (userId !== undefined && userId !== id) throw new AppError('forbidden');
      siteBans.refuse(id, connection.address);
      if (delivery.count(id) >= limits.atOnce('sockets')) throw new AppError('rate_limited');
      delivery.identify(connection, identity);
      await presence.take(id, { node: nodes.id, socket: connection.id });
      await online.came(id, connection.id);
      const { start, replay } = await connection.mail.begin(id, after);
      connection.send({ type: 'ready', userId: id, name, online: await online.of(id), after: start });
      connection.isReady = true;
      delivery.carry(connection, replay());
    },

    async chat(connection, { toUserId, fromUserId, message, clientId, replyTo }) {
      needDirect();
      const { visitor } = identityOf(connection);
      if (fromUserId !== undefined && fromUserId !== visitor.id) throw new AppError('forbidden');
      if (!visitorId.safeParse(toUserId).success) throw new AppError('person_not_found');
      await takeChat(limits, visitor.id, connection.address);
      const sent = await direct.send(visitor, toUserId, message, clientId, replyTo);
      // An announcement reaches all connections of the sender, this one included.
      if (!sent.announced) connection.send(sentFrame(sent.message));
      if (delivery.count(toUserId) > 0 || (await presence.hasSocket(toUserId))) return;
      const words = translator(visitor.lang)('messages.absent');
      connection.send({ type: 'notification', toUserId, message: words, ...(clientId !== undefined && { clientId }) });
    },

    async read(connection, { with: other, upTo }) {
      needDirect();
      await conversations.read(identityOf(connection).visitor.id, other, upTo);
    },

    async typing(connection, { to, on }) {
      needDirect();
      const { id } = identityOf(connection).visitor;
      if (!connection.mayTellTyping(on)) return;
      if (await conversationFlags.mayType(id, to)) events.announce('direct.typing', { from: id, to, on });
    },

    async token(connection) {
      const { visitor, session } = identityOf(connection);
      await limits.take('token', visitor.id);
      connection.send({ type: 'token', ...(await tokens.issue(visitor, session)) });
    },
  };
}

/** @throws AppError no_session, before the first frame has said who it is. */
function identityOf({ identity }: GatewayConnection): Identity {
  if (!identity) throw new AppError('no_session');
  return identity;
}
