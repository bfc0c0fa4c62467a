/** Bots of a room, for its host; and /api/v1/hooks/:key, where they post. */
import type { Request, RequestHandler } from 'express';
import { postChat } from '../../schemas/messages/payloads.js';
import { visitorId } from '../../schemas/people/visitor-id.js';
import { newBot } from '../../schemas/rooms/bot-payloads.js';
import { addressKey } from '../../services/site/addresses.js';
import { AppError } from '../../services/site/errors.js';
import { roomOf } from '../rooms/room-address.js';
import { takeChat } from '../site/allowance.js';
import { toAppError } from '../site/errors.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';

export function botsApi(site: Site) {
  const { bots, roles, tokens, limits } = site.services;

  /** The id of the room whose host asks. @throws AppError not_host, not_admitted, room_not_found, room_closed. */
  async function ownRoom(request: Request): Promise<string> {
    const { id } = visitorOf(request);
    const room = await roomOf(request, site);
    await roles.require(room, id, 'bots');
    return String(room._id);
  }

  const list: RequestHandler = async (request, response) => {
    response.json({ bots: await bots.list(await ownRoom(request)) });
  };

  const make: RequestHandler = async (request, response) => {
    const room = await ownRoom(request);
    const { name } = parse(newBot, bodyOf(request));
    await limits.take('token', visitorOf(request).id);
    response.status(201).json(await bots.make(room, name));
  };

  const remove: RequestHandler = async (request, response) => {
    const room = await ownRoom(request);
    const bot = visitorId.safeParse(request.params['bot']);
    if (!bot.success) throw new AppError('not_found');
    await bots.remove(room, bot.data);
    response.status(204).end();
  };

  /** Post by key. Whether it never was one or was revoked, with its room or before, is all the same. */
  const hook: RequestHandler = async (request, response) => {
    const found = await tokens.bot(String(request.params['key']));
    if (!found) throw new AppError('not_found');
    const text = parse(postChat, saidIn(request.body));
    await limits.take('hook', found.bot.id);
    await takeChat(limits, found.bot.id, addressKey(request.ip));
    try {
      response.json(await bots.post(found.room, found.bot, text));
    } catch (error) {
      throw toAppError(error).code === 'room_closed' ? new AppError('not_found', {}, { cause: error }) : error;
    }
  };

  return { list, make, remove, hook };
}

/** What a body says: the fields of a JSON object; anything else is the text itself, as `curl -d` sends it. */
function saidIn(body: unknown): unknown {
  const text = typeof body === 'string' ? body : '';
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  } catch {
    // No JSON.
  }
  return { chat: text };
}
