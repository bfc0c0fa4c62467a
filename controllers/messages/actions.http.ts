/** What is done to a message after it was posted, over HTTP, in every place: edit it, remove it, react to it. */
import type { Request, RequestHandler } from 'express';
import { emoji } from '../../schemas/messages/payloads.js';
import { addressKey } from '../../services/site/addresses.js';
import { takeChat } from '../site/allowance.js';
import type { formsOf } from '../site/form.js';
import type { Site } from '../site/site.js';
import { parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import { messageIdOf } from './message-address.js';

/** How a place does it. @template Actor who acts, as the place knows them. */
export interface ActionPlace<Actor> {
  form: ReturnType<typeof formsOf>['form'];
  /** Who asks, and where. @throws AppError who may not. */
  actorOf: (request: Request) => Actor | Promise<Actor>;
  /** The checked new text. @throws AppError. */
  textOf: (request: Request) => string;
  edit: (actor: Actor, message: string, text: string) => Promise<object>;
  remove: (actor: Actor, message: string) => Promise<object>;
  react: (actor: Actor, message: string, emoji: string, isChosen: boolean) => Promise<object>;
  reactions: (actor: Actor, message: string) => Promise<object>;
}

/** The handlers of one message's address. */
export interface ActionHandlers {
  edit: RequestHandler;
  remove: RequestHandler;
  react: RequestHandler;
  unreact: RequestHandler;
  reactions: RequestHandler;
}

export function actionHandlers<Actor>(
  place: ActionPlace<Actor>,
  { services: { limits } }: Pick<Site, 'services'>,
): ActionHandlers {
  /** Each action counts as a post does. */
  const acting = (act: (request: Request, message: string) => Promise<object>) =>
    place.form(async (request) => {
      const message = messageIdOf(request);
      await takeChat(limits, visitorOf(request).id, addressKey(request.ip));
      return act(request, message);
    });
  const reacting = (isChosen: boolean) =>
    acting(async (request, message) => {
      const chosen = parse(emoji, request.params['emoji']);
      return place.react(await place.actorOf(request), message, chosen, isChosen);
    });
  return {
    react: reacting(true),
    unreact: reacting(false),
    async reactions(request, response) {
      const message = messageIdOf(request);
      response.json(await place.reactions(await place.actorOf(request), message));
    },
    edit: acting(async (request, message) => {
      const text = place.textOf(request);
      return place.edit(await place.actorOf(request), message, text);
    }),
    remove: acting(async (request, message) => place.remove(await place.actorOf(request), message)),
  };
}
