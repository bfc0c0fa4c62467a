/** Pictures of the lobby, for images.http.ts: posted by those with a name there, seen by every visitor, as its messages are. */
import type { LobbyMessageView } from '../../schemas/lobby/contract.js';
import { LOBBY_OWNER } from '../../schemas/lobby/pictures.js';
import type { PostedImages, Poster } from '../messages/images.http.js';
import { formsOf } from '../site/form.js';
import type { Site } from '../site/site.js';
import { visitorOf } from '../site/visitor.js';
import type { Visitor } from '../../services/people/visitors.js';

export function lobbyImages(site: Site): PostedImages<Poster & { visitor: Visitor }, LobbyMessageView> {
  const { lobby, lobbyMessages, lobbyImages: images } = site.services;
  const { answer } = formsOf(site, { path: () => '/lobby' });
  return {
    images,
    maySee: () => Promise.resolve(true),
    async posterOf(request) {
      const visitor = visitorOf(request);
      await lobby.speaker(visitor.id);
      return { owner: LOBBY_OWNER, author: visitor.id, visitor };
    },
    byClientId: ({ author }, clientId) => lobbyMessages.byClientId(author, clientId),
    post: ({ visitor }, gif, { clientId, replyTo }) => lobby.post(visitor, { gif }, clientId, replyTo),
    nameIn: ({ gif }) => gif?.url.split('/').at(-1),
    answer: (request, response, message) => answer(request, response, message, 201),
  };
}
