/** The services of rooms. */
import { OBJECT_ID } from '../../schemas/site/text.js';
import { ImageStore } from '../messages/image-store.js';
import type { MessageServices } from '../messages/index.js';
import type { PeopleServices } from '../people/index.js';
import type { Base } from '../site/base.js';
import { Admissions } from './admissions.js';
import { Bans } from './bans.js';
import { Bots } from './bots.js';
import { Chats } from './chat.js';
import { ChatActions } from './chat-actions.js';
import { Door } from './door.js';
import { Entrance } from './entrance.js';
import { Erasure } from './erasure.js';
import type {} from './events.js';
import { Hands } from './hands.js';
import { Hosts } from './hosts.js';
import { KnockAnswers } from './knock-answers.js';
import { Knocks } from './knocks.js';
import { Joins } from './joins.js';
import { KnownPeople } from './known-people.js';
import { Listing } from './listing.js';
import { Notices } from './notices.js';
import { OpenRooms } from './open-rooms.js';
import { Paces } from './paces.js';
import { Polls } from './polls.js';
import { Reaper } from './reaper.js';
import { Removals } from './removals.js';
import { Reports } from './reports.js';
import { Rooms } from './rooms.js';
import { Roles } from './roles.js';
import { ChatSearch } from './search.js';
import { Seats } from './seats.js';
import { Settings } from './settings.js';
import { Speakers } from './speakers.js';
import { Succession } from './succession.js';
import { Transcripts } from './transcript.js';

export function createRooms(base: Base & PeopleServices & MessageServices) {
  const { models } = base;
  const admissions = new Admissions(base);
  const openRooms = new OpenRooms(base);
  const bans = new Bans(base);
  const seats = new Seats({ ...base, admissions, bans });
  const roles = new Roles({ admissions, seats, bans });
  const rooms = new Rooms({ ...base, admissions, openRooms, roles });
  const listing = new Listing({ models, rooms });
  const succession = new Succession(base);
  const hosts = new Hosts({ ...base, rooms, roles, succession });
  const knocks = new Knocks({ ...base, seats });
  const knockAnswers = new KnockAnswers({ ...base, admissions, bans, knocks, seats });
  const door = new Door({ ...base, admissions, bans, knocks });
  const entrance = new Entrance({ ...base, rooms, door, knocks });
  const paces = new Paces(base);
  const chats = new Chats({ ...base, openRooms, seats, bans, paces });
  const knownPeople = new KnownPeople({ models, seats });
  const reports = new Reports({ ...base, chats, knownPeople });
  const hands = new Hands(base);
  const notices = new Notices(base);
  const settings = new Settings({ ...base, rooms, openRooms, knockAnswers, notices });
  const polls = new Polls({ ...base, chats });
  const transcripts = new Transcripts({ ...base, chats, notices, rooms });
  const speakers = new Speakers({ ...base, rooms, seats, admissions, bans });
  const joins = new Joins({ rooms, door, knocks, seats, admissions, chats, reports });
  const kind = {
    folder: 'rooms',
    id: OBJECT_ID,
    model: models.Room,
    open: { state: 'open' },
    closed: 'room_closed',
    messages: { model: models.Chat, image: 'gif', owner: 'room' },
  } as const;
  const bots = new Bots({ tokens: base.tokens, admissions, seats, chats });
  const images = new ImageStore({ ...base, kind });
  const chatActions = new ChatActions({ ...base, chats, rooms, roles, images, settings, notices, reports });
  const search = new ChatSearch(base);
  const erasure = new Erasure({ ...base, chats, images, settings, notices, reports });
  const reaper = new Reaper({ ...base, admissions, rooms, bots, chats, paces, seats, images, bans, knocks, reports });
  const told = { notices, knownPeople, reports };
  const removals = new Removals({ ...base, rooms, seats, admissions, bans, knocks, chatActions, ...told });
  return {
    admissions,
    rooms,
    listing,
    bots,
    roles,
    hosts,
    bans,
    removals,
    succession,
    door,
    knocks,
    knockAnswers,
    entrance,
    chats,
    chatActions,
    erasure,
    reports,
    polls,
    settings,
    transcripts,
    hands,
    seats,
    speakers,
    joins,
    images,
    search,
    reaper,
  };
}
