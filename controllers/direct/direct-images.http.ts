/** Pictures of conversations between two, for images.http.ts: posted and seen by these two. */
import type { DirectView } from '../../schemas/direct/contract.js';
import { pairKey } from '../../schemas/direct/direct.js';
import type { Visitor } from '../../services/people/visitors.js';
import { AppError } from '../../services/site/errors.js';
import type { PostedImages, Poster } from '../messages/images.http.js';
import { formsOf } from '../site/form.js';
import type { Site } from '../site/site.js';
import { visitorOf } from '../site/visitor.js';
import { otherOf } from './direct-address.js';

/** Who writes, and to whom. */
interface Writer extends Poster {
  visitor: Visitor;
  other: string;
}

export function directImages(site: Site): PostedImages<Writer, DirectView> {
  const { conversations, direct, directImages: images, people } = site.services;
  const { answer } = formsOf(site, { path: (request) => `/messages/${otherOf(request)}` });
  return {
    images,
    async maySee(request, pair) {
      const { id } = visitorOf(request);
      const ids = pair.split(':');
      if (!ids.includes(id)) return false;
      try {
        return (await conversations.find(id, ids.find((one) => one !== id) ?? '')) !== null;
      } catch (error) {
        if (error instanceof AppError) return false;
        throw error;
      }
    },
    async posterOf(request) {
      const visitor = visitorOf(request);
      const other = otherOf(request);
      await people.touch(visitor, request.session.bornAt ?? Date.now());
      await direct.mayWrite(visitor, other);
      return { owner: pairKey(visitor.id, other), author: visitor.id, visitor, other };
    },
    begin: async ({ visitor, other }) => void (await direct.begin(visitor, other)),
    byClientId: ({ author, other }, clientId) => direct.byClientId(author, other, clientId),
    post: async ({ visitor, other }, gif, { clientId, replyTo }) =>
      (await direct.send(visitor, other, { gif }, clientId, replyTo)).message,
    nameIn: ({ gif }) => gif?.url.split('/').at(-1),
    answer: (request, response, message) => answer(request, response, message, 201),
  };
}
