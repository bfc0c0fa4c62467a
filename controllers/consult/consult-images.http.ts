/** Images of consultations, for images.http.ts: posted by both sides, seen by the visitor and who has or had the case last. */
import type { ConsultMessageView } from '../../schemas/consult/contract.js';
import { hashSessionId } from '../../services/people/sessions.js';
import { AppError } from '../../services/site/errors.js';
import type { PostedImages, Poster } from '../messages/images.http.js';
import { formsOf } from '../site/form.js';
import type { Site } from '../site/site.js';
import { visitorOf } from '../site/visitor.js';
import { type Speaker, speakerOf } from './speaker.js';

export function consultImages(site: Site): PostedImages<Poster & Speaker, ConsultMessageView> {
  const { services } = site;
  const { cases, consultMessages, deskSessions } = services;
  const { answer } = formsOf(site, { path: () => '/chat/consult' });
  return {
    images: services.consultImages,
    async maySee(request, owner) {
      const about = await cases.peek(owner);
      if (!about || about.visitor === visitorOf(request).id) return about !== null;
      const consultant = await deskSessions.of(hashSessionId(request.session.id));
      return consultant !== null && about.consultant?.id === consultant.id;
    },
    async posterOf(request) {
      const speaker = await speakerOf(request, services);
      const found = await cases.find(speaker.id, speaker.actor);
      if (found.state === 'ended') throw new AppError('consult_over');
      return { ...speaker, owner: speaker.id, author: speaker.person.id };
    },
    byClientId: ({ id, author }, clientId) => consultMessages.byClientId(id, author, clientId),
    post: ({ id, actor, person }, image, { clientId }) =>
      consultMessages.post({ id, actor, author: person, image, clientId }),
    nameIn: ({ image }) => image?.url.split('/').at(-1),
    answer,
  };
}
