/** The rules of the site, built once around one database. Doors get this object and nothing below it. */
import { Admin } from './admin/admin.js';
import { AdminActions } from './admin/actions.js';
import { AdminReports } from './admin/reports.js';
import { createConsult } from './consult/index.js';
import { createDirect } from './direct/index.js';
import { createLobby } from './lobby/index.js';
import { createMessages } from './messages/index.js';
import { Orphans } from './messages/orphans.js';
import { createPeople } from './people/index.js';
import { createRooms } from './rooms/index.js';
import { createBase } from './site/base.js';
import { Clock } from './database/clock.js';
import type { Config } from './site/config.js';
import type { Database } from './database/database.js';
import type { Limits } from './site/limits.js';
import type { Log } from './site/log.js';
import { Asks } from './work/asks.js';
import { Sweeper } from './work/sweeper.js';
import { upgradeDocuments } from './database/upgrades.js';

interface Given {
  config: Config;
  database: Database;
  limits: Limits;
  log: Log;
  /** The time of every rule; a test may bring one that it can move. */
  clock?: Clock | undefined;
}

export type Services = ReturnType<typeof createServices>;

export function createServices({ config, database, limits, log, clock = new Clock() }: Given) {
  const { models, exclusive, connection } = database;
  const onError = (error: unknown) => log.error({ err: error }, 'background work failed');
  const asks = new Asks({ ofSocket: limits.atOnce('asks'), costly: limits.atOnce('asks_costly') });
  const base = createBase({ config, models, exclusive, clock, limits, onError });
  const people = createPeople({ ...base, connection });
  const messages = createMessages({ ...base, log, storeDisk: () => database.disk() });
  const rooms = createRooms({ ...base, ...people, ...messages });
  const lobby = createLobby({ ...base, ...people, ...messages });
  const direct = createDirect({ ...base, ...people, ...messages });
  const consult = createConsult({ ...base, ...people, ...messages });

  const admin = new Admin({ ...base, ...people, rooms: rooms.rooms });
  const adminActions = new AdminActions({ ...base, ...people, ...rooms, notices: base.notices, admin });
  const adminReports = new AdminReports({ models, admin, ...rooms });

  const orphans = new Orphans({
    ...base,
    ...messages,
    log,
    images: [rooms.images, lobby.lobbyImages, direct.directImages, consult.consultImages],
    adopted: config.uploadsAdopt,
    databaseAt: config.mongoUrl === null ? `the embedded store in ${config.dataDir}` : 'at MONGO_URL',
  });

  const { nodes, timers } = base;
  const { reaper } = rooms;
  const held = [rooms.seats, people.presence, lobby.lobby];
  const sweeper = new Sweeper({ nodes, timers, sweepables: [...held, direct.conversations, rooms.succession, reaper] });

  return {
    models,
    clock,
    limits,
    asks,
    nodes,
    events: base.events,
    ...people,
    ...messages,
    ...rooms,
    ...lobby,
    ...direct,
    ...consult,
    admin,
    adminActions,
    adminReports,
    notices: base.notices,
    sweeper,

    /** Once the database answers: register this node, settle what dead processes left behind, begin to sweep. */
    async start(): Promise<void> {
      await clock.start(connection, timers);
      await upgradeDocuments(connection, clock, base.returnMs);
      await base.notices.start();
      await people.siteBans.start();
      await messages.uploads.start();
      messages.shelf.start();
      await lobby.lobby.ownPictures();
      await nodes.start(exclusive);
      await sweeper.start();
      await reaper.start();
      await consult.desk.start();
      await orphans.start(); // after what ends in the usual way
      for (const each of held) each.start();
    },

    /** Finish what was begun: no request and no socket is left. Visitors have the grace time to come back: a restart costs nobody a seat. */
    async stop(): Promise<void> {
      const logs = [rooms.chats, lobby.lobbyMessages, direct.direct, consult.consultMessages];
      for (const log of logs) await log.settled();
      messages.shelf.stop();
      await timers.stop();
      await reaper.settled();
      messages.uploads.stop();
      for (const each of held) await each.releaseNode(nodes.id);
      await nodes.stop();
    },
  };
}
