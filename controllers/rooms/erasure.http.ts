/** Erasing everything that was said in a room, over HTTP; a form has to say that it means it. */
import type { Request } from 'express';
import { erasure as sure } from '../../schemas/rooms/settings-payloads.js';
import { formsOf } from '../site/form.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import { roomIdOf, roomOf } from './room-address.js';

export function erasureHttp(site: Site) {
  const { erasure, roles, limits } = site.services;
  const { form } = formsOf(site, { path: (request) => `/room/${roomIdOf(request)}/settings` });

  async function erase(request: Request): Promise<object> {
    const room = await roomOf(request, site);
    const visitor = visitorOf(request).id;
    await roles.require(room, visitor, 'erase');
    await limits.take('room_set', visitor);
    return { ok: true, erased: await erasure.erase(String(room._id)) };
  }

  const eraseByForm = (request: Request) => {
    parse(sure, bodyOf(request));
    return erase(request);
  };

  return { erase: form(erase), eraseByForm: form(eraseByForm) };
}
