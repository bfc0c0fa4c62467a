/** The rules of the site, built once around one database. Doors get this object and nothing below it. */
import type { Config } from './site/config.js';
import type { Models } from '../schemas/models.js';
import { Admissions } from './rooms/admissions.js';
import { CannedReplies } from './consult/canned-replies.js';
import { Chats } from './rooms/chat.js';
import { Clock } from './site/clock.js';
import { Cases } from './consult/cases.js';
import { Consult } from './consult/consult.js';
import { ConsultMessages } from './consult/messages.js';
import { ConsultNotes } from './consult/notes.js';
import { ConsultQueue } from './consult/queue.js';
import { Consultants } from './consult/consultants.js';
import { Conversations } from './direct/conversations.js';
import { DirectMessages } from './direct/direct.js';
import type { Database } from './site/database.js';
import { ConsultVisitors } from './consult/visitors.js';
import { Desk } from './consult/desk.js';
import { DeskSessions } from './consult/desk-sessions.js';
import { EventBus } from './site/events.js';
import { ImageBudget } from './messages/image-budget.js';
import { ImageStore } from './messages/image-store.js';
import type { Limits } from './site/limits.js';
import type { Log } from './site/log.js';
import { Lobby } from './lobby/lobby.js';
import { LobbyMessages } from './lobby/messages.js';
import { Nodes } from './site/nodes.js';
import { upgradeDocuments } from './site/upgrades.js';
import { Passwords } from './people/passwords.js';
import { People } from './people/people.js';
import { Presence } from './people/presence.js';
import { Reaper } from './rooms/reaper.js';
import { Retention } from './consult/retention.js';
import { ReturnCodes } from './consult/return-codes.js';
import { Rooms } from './rooms/rooms.js';
import { Seats } from './rooms/seats.js';
import { Sessions } from './people/sessions.js';
import { Sweeper } from './site/sweeper.js';
import { Timers } from './site/timers.js';
import { Tokens } from './people/tokens.js';
import { Uploads } from './messages/uploads.js';

/** Milliseconds for a reload: a list of those online must not flicker for one. */
const PRESENCE_GRACE_MS = 3_000;

/** What the ids of rooms and consultations look like. */
const OBJECT_ID = /^[0-9a-f]{24}$/;

/** @param clock the time of every rule; a test may bring one that it can move. */
export function createServices(
  config: Config,
  { models, exclusive, connection }: Database,
  limits: Limits,
  log: Log,
  clock = new Clock(),
) {
  const onError = (error: unknown) => log.error({ err: error }, 'background work failed');
  const { graceMs } = config;
  const events = new EventBus(onError);
  const timers = new Timers(onError);
  const nodes = new Nodes({ models, clock, timers, leaseMs: config.nodeLeaseMs });
  const admissions = new Admissions({ models, clock });
  const passwords = new Passwords();
  const imageBudget = new ImageBudget(models.ImageBudget, [models.Room, models.Case], config.uploadsBudgetBytes);
  const uploads = new Uploads(config.uploadsDir);
  const images = new ImageStore(
    {
      folder: 'rooms',
      id: OBJECT_ID,
      model: models.Room,
      open: { state: 'open' },
      closed: 'room_closed',
      messages: { model: models.Chat, image: 'gif', owner: 'room' },
    },
    uploads,
    imageBudget,
  );
  const rooms = new Rooms({ models, clock, events, passwords, admissions, graceMs });
  const chats = new Chats({ models, clock, events, missing: (room) => rooms.missing(room) });
  const seats = new Seats({ models, clock, events, timers, graceMs });
  const people = new People({ models, clock });
  const presence = new Presence({
    models,
    clock,
    events,
    timers,
    people,
    graceMs: Math.min(PRESENCE_GRACE_MS, graceMs),
  });
  const lobbyMessages = new LobbyMessages({ models, clock, events });
  const lobby = new Lobby({ models, clock, events, timers, people, presence, messages: lobbyMessages, graceMs });
  const conversations = new Conversations({ models, clock, events, people, presence, limits });
  const direct = new DirectMessages({ models, clock, events, conversations });
  const tokens = new Tokens({ models, clock, sessions: new Sessions({ connection }) });
  const reaper = new Reaper({
    models,
    clock,
    events,
    rooms,
    seats,
    chats,
    images,
    uploads,
    imageBudget,
    admissions,
    timers,
    graceMs,
    exclusive,
    onError,
  });
  const held = [seats, presence, lobby];
  const sweeper = new Sweeper({ nodes, timers, sweepables: [...held, conversations, reaper] });
  const consult = createConsult({ config, models, clock, events, timers, passwords, uploads, imageBudget, nodes });
  return {
    models,
    clock,
    events,
    nodes,
    admissions,
    passwords,
    images,
    uploads,
    rooms,
    chats,
    seats,
    people,
    presence,
    lobby,
    lobbyMessages,
    conversations,
    direct,
    tokens,
    reaper,
    sweeper,
    limits,
    ...consult,
    /** Once the database answers: register this node, settle what dead processes left behind, begin to sweep. */
    async start(): Promise<void> {
      await clock.start(connection, timers);
      await upgradeDocuments(connection, clock, graceMs);
      await uploads.start();
      await nodes.start(exclusive);
      await sweeper.start();
      await reaper.start();
      await consult.desk.start();
      for (const each of held) each.start();
    },
    /** Finish what was begun. Visitors have the grace time to come back: a restart costs nobody a seat. */
    async stop(): Promise<void> {
      for (const messages of [chats, lobbyMessages, direct, consult.consultMessages]) await messages.settled();
      await timers.stop();
      await reaper.settled();
      for (const each of held) await each.releaseNode(nodes.id);
      await nodes.stop();
    },
  };
}

/** The consultation desk. */
function createConsult(given: {
  config: Config;
  models: Models;
  clock: Clock;
  events: EventBus;
  timers: Timers;
  passwords: Passwords;
  uploads: Uploads;
  imageBudget: ImageBudget;
  nodes: Nodes;
}) {
  const { config, models, clock, events, timers, passwords, uploads, imageBudget, nodes } = given;
  const { awayMs, answerMs, idleMs, shiftMs, retentionDays } = config.consult;
  const node = nodes.id;
  const cases = new Cases({ models });
  const retention = new Retention({ models, clock, retentionDays });
  const consult = new Consult({ models, clock, events, cases, retention, answerMs, node });
  const returnCodes = new ReturnCodes({ models, clock, events, node });
  const consultVisitors = new ConsultVisitors({ models, clock, events, node });
  const consultMessages = new ConsultMessages({ models, clock, events, cases, retention, answerMs });
  const consultNotes = new ConsultNotes({ models, clock, events, cases, retention });
  const password = config.consultPassword;
  const deskSessions = new DeskSessions({ models, clock, events, passwords, password, idleMs, shiftMs });
  const consultants = new Consultants({ models, clock, events });
  const consultQueue = new ConsultQueue({ models, clock, consultants });
  const consultImages = new ImageStore(
    {
      folder: 'consult',
      id: OBJECT_ID,
      model: models.Case,
      open: { open: true },
      closed: 'consult_over',
      messages: { model: models.CaseMessage, image: 'image', owner: 'case' },
    },
    uploads,
    imageBudget,
  );
  const cannedReplies = new CannedReplies({ models, clock, events });
  const desk = new Desk({
    models,
    clock,
    events,
    timers,
    consult,
    cases,
    retention,
    visitors: consultVisitors,
    sessions: deskSessions,
    consultants,
    queue: consultQueue,
    nodes,
    images: consultImages,
    awayMs,
  });
  return {
    cases,
    consult,
    returnCodes,
    consultVisitors,
    consultMessages,
    consultNotes,
    deskSessions,
    consultants,
    consultQueue,
    consultImages,
    cannedReplies,
    desk,
  };
}

export type Services = ReturnType<typeof createServices>;
