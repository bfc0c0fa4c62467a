/** A search in a room that finds nothing, so that one answer walks as many messages as it may. Site only. */
import { checked, requestBytes } from '../clients/http.js';
import { createRooms, eachOnConnections, visitors } from '../clients/visitors.js';
import type { Target } from '../target.js';
import { askingRows, type Question } from './asking.js';
import { type Case, sites, withTargets } from './bench.js';

/** As many as one answer walks (services/rooms/search.ts). */
const MESSAGES = 2_000;
const WARM_UP = 20;
const TEXT = 'See you all on Thursday evening, bring the usual things and somebody to laugh with';

export const search: Case = {
  name: 'search',
  about: `a search that walks ${MESSAGES.toLocaleString('en')} messages of a room (site only)`,
  slow: true,
  run: (bench) =>
    withTargets(sites(bench), {}, async (targets) => {
      const questions = await Promise.all(targets.map(questionFor));
      const name = `search through ${MESSAGES.toLocaleString('en')} messages`;
      return askingRows(bench, name, 'search', questions, WARM_UP);
    }),
};

async function questionFor(target: Target): Promise<Question> {
  const cookies = await visitors(target.url, 1);
  const [cookie = ''] = cookies;
  const [room = ''] = await createRooms(target.url, cookies, 1);
  const post = requestBytes(target.url, 'POST', `/room/${room}/chat`, { cookie, body: { chat: TEXT } });
  await eachOnConnections(target.url, MESSAGES, async (http) => checked(await http.send(post), 'a post'));
  return { target, bytes: requestBytes(target.url, 'GET', `/room/${room}/search?q=needle`, { cookie }) };
}
