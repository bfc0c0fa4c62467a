/** Namespaces of places that an operator has left out (PLACES): they are there, and let nobody in. */
import type { Namespaces } from '../../schemas/namespaces.js';
import type { Config, Place } from '../../services/site/config.js';
import type { AnySocket } from './handle.js';
import { refusal } from './handshake.js';

const PLACE_OF: Partial<Record<keyof Namespaces, Place>> = {
  '/lobby': 'lobby',
  '/direct': 'direct',
  '/consult': 'consult',
};

/** Whether a namespace is of a place that is off. */
export function isOff(path: keyof Namespaces, { places }: Pick<Config, 'places'>): boolean {
  const place = PLACE_OF[path];
  return place !== undefined && !places.has(place);
}

/** The middleware of such a namespace: `connect_error` not_found. */
export const refuseOff = (_socket: AnySocket, next: (error?: Error) => void): void => next(refusal('not_found'));
