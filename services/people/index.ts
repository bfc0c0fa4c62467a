/** Visitors: who they are, who is online, and what lets them in. */
import type { Connection } from 'mongoose';
import type { Base } from '../site/base.js';
import type {} from './events.js';
import { Passwords } from './passwords.js';
import { People } from './people.js';
import { Presence } from './presence.js';
import { Sessions } from './sessions.js';
import { SiteBans } from './site-bans.js';
import { Tokens } from './tokens.js';

/** Milliseconds for a reload: a list of those online must not flicker for one. */
const PRESENCE_GRACE_MS = 3_000;

export type PeopleServices = ReturnType<typeof createPeople>;

export function createPeople(base: Base & { connection: Connection }) {
  const { models, clock, connection } = base;
  const people = new People({ models, clock });
  return {
    passwords: new Passwords(),
    people,
    presence: new Presence({ ...base, people, graceMs: Math.min(PRESENCE_GRACE_MS, base.graceMs) }),
    siteBans: new SiteBans(base),
    tokens: new Tokens({ models, clock, sessions: new Sessions({ connection }), people }),
  };
}
