/** What the pages of a consultation show of it. */
import { type Case, sessionView } from '../../schemas/consult/case.js';
import { asMessage, queueText, stepRows } from '../../shared/consult-views.js';
import type { Translate } from '../../shared/translator.js';
import type { Site } from '../site/site.js';

export function consultPages({ services: { consultMessages, consultQueue } }: Site) {
  /** A visitor's case with its latest messages, its steps between them, and the visitor's place in the queue. */
  async function modelOf(found: Case, t: Translate) {
    const [{ messages, older }, queue] = await Promise.all([
      consultMessages.page(String(found._id)),
      consultQueue.positionOf(found),
    ]);
    const session = sessionView(found);
    return {
      session,
      messages: messages.map((said) => asMessage(said, found.visitor)),
      steps: stepRows(session, t, 'consult'),
      older,
      queue,
      wait: queueText(queue, t),
    };
  }

  return { modelOf };
}
