/**
 * Who came into which room, told to those inside: a few visitors one by one and at once; when many come, as after a
 * restart, the rest together and now and then, so that a room of fifty does not hear fifty notices fifty times.
 */
import type { DomainEvents } from '../../services/site/events.js';
import type { Moved } from './presence.js';

/** Notices of one visitor that a room hears at once, and milliseconds in which it hears no more than these. */
const SINGLE_MAX = 4;
const NOTICE_MS = 250;

/** A room that heard a notice just now. */
interface Window {
  told: number;
  /** Who came since and was not told of. */
  came: Moved[];
  people: number;
  timer: NodeJS.Timeout;
}

export class Arrivals {
  readonly #rooms = new Map<string, Window>();

  /** @param tell everybody in a room of one who came, or of several. */
  constructor(private readonly tell: (room: string, came: Moved[], people: number) => void) {}

  /** `people` counts everybody who is there, with all who came. */
  readonly came = ({ room, came, people }: DomainEvents['seat.taken'][0]): void => {
    const window = this.#rooms.get(room) ?? this.#open(room);
    for (const [index, moved] of came.entries()) {
      if (window.told < SINGLE_MAX) {
        window.told += 1;
        this.tell(room, [moved], people - (came.length - 1 - index));
      } else window.came.push(moved);
    }
    window.people = people;
  };

  /** Tell now of everybody who came: what is told next happened after that. */
  tellNow(room: string): void {
    const window = this.#rooms.get(room);
    if (!window?.came.length) return;
    this.tell(room, window.came, window.people);
    window.came = [];
  }

  /** The room has ended. */
  forget(room: string): void {
    clearTimeout(this.#rooms.get(room)?.timer);
    this.#rooms.delete(room);
  }

  stop(): void {
    for (const room of [...this.#rooms.keys()]) this.forget(room);
  }

  #open(room: string, told = 0): Window {
    const timer = setTimeout(() => this.#close(room), NOTICE_MS).unref();
    const window = { told, came: [], people: 0, timer };
    this.#rooms.set(room, window);
    return window;
  }

  /** As long as many come, the next ones are told of together, too. */
  #close(room: string): void {
    const isBusy = (this.#rooms.get(room)?.came.length ?? 0) > 0;
    this.tellNow(room);
    this.#rooms.delete(room);
    if (isBusy) this.#open(room, SINGLE_MAX);
  }
}
