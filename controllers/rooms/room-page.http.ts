/** The page of one room: the conversation, or, for visitors without JavaScript, its messages alone. */
import type { Request, RequestHandler } from 'express';
import { POLL } from '../../schemas/rooms/poll-payloads.js';
import { messageFor } from '../../schemas/rooms/chat.js';
import { WHY_MAX } from '../../schemas/rooms/settings-payloads.js';
import type { Room } from '../../schemas/rooms/room.js';
import { addressKey } from '../../services/site/addresses.js';
import { AppError } from '../../services/site/errors.js';
import { roleOf } from '../../services/rooms/rights.js';
import { actedOn } from '../messages/message-address.js';
import { formsOf } from '../site/form.js';
import { pages } from '../site/page.js';
import type { Site } from '../site/site.js';
import { visitorOf } from '../site/visitor.js';
import { entranceHttp } from './entrance.http.js';
import { isWaiting, waitingPage } from './knocks.http.js';
import { roomIdOf, roomOf, roomOrList, shareUrl } from './room-address.js';

/** How long a page view keeps the seat of a visitor who is about to load the page again. */
const RELOAD_MS = 5_000;
/** How long sitting down without JavaScript, or a view of the messages, keeps a seat; the messages are reloaded sooner. */
const LOG_MS = 60_000;

export function roomPageHttp(site: Site) {
  const { config, services } = site;
  const { rooms, door, knocks, seats, chats, reports } = services;
  const { show: showPage } = pages(site);
  const entrance = entranceHttp(site);
  const showWaiting = waitingPage(site);
  const { form } = formsOf(site, { path: (request) => `/room/${roomIdOf(request)}` });

  /** The page, or what stands before it: the list with a reason, the password form, or the page of those who wait. */
  const show: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const room = await roomOrList(request, response, site);
    if (!room) return;
    const id = String(room._id);
    const [password] = [request.query['password']].flat();
    if (password !== undefined) return entrance.enterByAddress(request, response, room, password);
    const refusal = await door.ask(room, visitor, addressKey(request.ip));
    if (refusal?.code === 'password_required') return entrance.showForm(request, response, room, refusal);
    if (refusal?.code === 'room_full') return void response.redirect(302, `${config.base}/?error=room_full`);
    if (refusal && isWaiting(refusal)) return showWaiting(request, response, room, refusal);
    if (refusal) throw refusal;
    const members = await seats.members(id);
    if (isFullFor(visitor.id, room, members)) return void response.redirect(302, `${config.base}/?error=room_full`);
    await door.letIn(room, visitor.id, true);
    await seats.keep(id, visitor.id, Math.min(RELOAD_MS, config.graceMs));
    const model = await modelOf(room, members, visitor.id);
    await showPage(request, response, 'chat.html', {
      ...model,
      shareUrl: shareUrl(request, room, site),
      acted: actedOn(request, model.messages),
      whyMax: WHY_MAX,
      graceMs: config.graceMs,
      sits: isIn(visitor.id, members),
    });
  };

  /** The messages alone; looking at them keeps the seat, if the visitor has one. */
  const log: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const room = await roomOf(request, site);
    const id = String(room._id);
    await mayCome(request, room, visitor.id);
    const members = await seats.members(id);
    if (isFullFor(visitor.id, room, members)) throw new AppError('room_full');
    await door.letIn(room, visitor.id);
    await seats.keep(id, visitor.id, LOG_MS);
    response.render('log.html', await modelOf(room, members, visitor.id));
  };

  /** Take a seat without JavaScript, to read on while nobody else is there. */
  const sit = form(async (request) => {
    const visitor = visitorOf(request);
    const room = await roomOf(request, site);
    await mayCome(request, room, visitor.id);
    await door.letIn(room, visitor.id);
    await seats.lease(room, visitor, LOG_MS, addressKey(request.ip));
    return { ok: true };
  });

  /** @throws AppError not_admitted where a password is asked for, or after a removal; banned, door_closed, knocking. */
  async function mayCome(request: Request, room: Room, visitor: string): Promise<void> {
    const refusal = await door.refusalOfReturn(room, visitor, addressKey(request.ip));
    if (refusal) throw refusal.code === 'password_required' ? new AppError('not_admitted') : refusal;
  }

  async function modelOf(room: Room, members: Members, visitor: string) {
    // The number is read first: what is changed meanwhile comes with the join.
    const { rev } = await chats.changedSince(String(room._id), undefined);
    const page = await chats.page(String(room._id));
    const messages = page.messages.map((chat) => ({ ...messageFor(chat, visitor), shift: chat.author.shift }));
    const role = roleOf(room, visitor, 'member');
    return {
      room: await rooms.memberViewOf(room, members.length),
      role,
      knocks: room.approval && role !== 'member' ? await knocks.list(String(room._id)) : [],
      reports: role === 'member' ? 0 : await reports.count(String(room._id)),
      members,
      pollLimits: POLL,
      messages,
      more: page.more,
      rev,
    };
  }

  return { show, log, sit };
}

type Members = Awaited<ReturnType<Site['services']['seats']['members']>>;

/** Whether every seat is somebody else's. */
const isFullFor = (visitor: string, room: Room, members: Members): boolean =>
  members.length >= room.max && !isIn(visitor, members);

const isIn = (visitor: string, members: Members): boolean => members.some(({ id }) => id === visitor);
