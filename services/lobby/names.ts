/** Names of the lobby: a unique index on the folded name gives each to one visitor, on however many nodes. */
import type { LobbyUser } from '../../schemas/lobby/lobby.js';
import type { Models } from '../../schemas/models.js';
import type { SocketRef } from '../../schemas/people/socket-ref.js';
import { nameKey } from '../../schemas/site/names.js';
import type { Visitor } from '../people/visitors.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { AppError } from '../site/errors.js';

/** Attempts to take a name that is being released at the same time. */
const TRIES = 5;

/** How a user of the lobby is kept: by a socket, or until a moment. */
export interface Stay {
  ref: SocketRef | null;
  until: Date | null;
  lastSeen: Date;
}

/**
 * Give a visitor a name: one upsert, which the unique index refuses if the name is another visitor's.
 * @param release tries to release the name of this key. @returns whether it did.
 * @returns the visitor's user before, or null.
 * @throws AppError name_taken.
 */
export async function claimName(
  model: Models['LobbyUser'],
  { id, color, lang }: Visitor,
  name: string,
  { ref, until, lastSeen }: Stay,
  release: (key: string) => Promise<boolean>,
): Promise<LobbyUser | null> {
  const key = nameKey(name);
  const update = {
    $set: { name, key, color, lang, lastSeen, until },
    ...(ref ? { $addToSet: { sockets: ref } } : {}),
    $setOnInsert: { online: false, ...(ref ? {} : { sockets: [] }) },
  };
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      return await model
        .findOneAndUpdate({ _id: id }, update, { upsert: true, returnDocument: 'before' })
        .lean<LobbyUser>();
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const holder = await model.findOne({ key }).lean<LobbyUser>();
      if (holder && holder._id !== id && !(await release(key))) throw new AppError('name_taken');
    }
  }
  throw new AppError('name_taken');
}
