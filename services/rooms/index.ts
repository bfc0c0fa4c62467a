/** The services of rooms. */
import { OBJECT_ID } from '../../schemas/site/text.js';
import { ImageStore } from '../messages/image-store.js';
import type { MessageServices } from '../messages/index.js';
import type { PeopleServices } from '../people/index.js';
import type { Base } from '../site/base.js';
import { Admissions } from './admissions.js';
import { Chats } from './chat.js';
import type {} from './events.js';
import { Reaper } from './reaper.js';
import { Rooms } from './rooms.js';
import { Seats } from './seats.js';

export function createRooms(base: Base & PeopleServices & MessageServices) {
  const { models } = base;
  const admissions = new Admissions(base);
  const rooms = new Rooms({ ...base, admissions });
  const chats = new Chats({ ...base, rooms });
  const seats = new Seats(base);
  const kind = {
    folder: 'rooms',
    id: OBJECT_ID,
    model: models.Room,
    open: { state: 'open' },
    closed: 'room_closed',
    messages: { model: models.Chat, image: 'gif', owner: 'room' },
  } as const;
  const images = new ImageStore({ ...base, kind });
  const reaper = new Reaper({ ...base, admissions, rooms, chats, seats, images });
  return { admissions, rooms, chats, seats, images, reaper };
}
