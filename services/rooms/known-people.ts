/** Who was ever seen in a room: whom those in charge, and reports, may be about although they are not there any more. */
import type { Models } from '../../schemas/models.js';
import type { Person } from '../../schemas/people/contract.js';
import { seatPerson } from '../../schemas/rooms/seat.js';
import { AppError } from '../site/errors.js';
import type { Seats } from './seats.js';

interface Deps {
  models: Models;
  seats: Pick<Seats, 'find'>;
}

export class KnownPeople {
  constructor(private readonly deps: Deps) {}

  /** Somebody who is in a room, has posted there, or was let in. @throws AppError person_not_found. */
  async find(room: string, visitor: string): Promise<Person> {
    const { models, seats } = this.deps;
    const seat = await seats.find(room, visitor);
    if (seat) return seatPerson(seat);
    const said = await models.Chat.findOne({ room, 'author.id': visitor }).select('author').lean();
    if (said) return { id: visitor, name: said.author.name, color: said.author.color };
    const person = (await models.Admission.exists({ room, visitor })) && (await models.Person.findById(visitor).lean());
    if (!person) throw new AppError('person_not_found');
    return { id: visitor, name: person.name, color: person.color };
  }
}
