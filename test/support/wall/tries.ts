/** From a good request, all the bad ones that its route must stand. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { Question } from './ask.js';
import { badBodies, badUploads, file, MULTIPART, multipart } from './bodies.js';
import { type Good, ROUTES, type Row } from './routes.js';
import type { Stage } from './stage.js';
import { BAD_IDS, BAD_QUERIES, ODD_VALUES, spoiled, type Value, WHOLE, WRONG_TYPES } from './values.js';

/** One bad request, and whether it must be refused; `statuses`: by one of these. */
export interface Try extends Question {
  name: string;
  must: boolean;
  statuses?: number[];
}

export const triesOf = (stage: Stage, route: string, row: Row, good: Good): Try[] => [
  ...addresses(stage, route, row, good),
  ...senders(stage, route, row, good),
  ...bodies(stage, route, row, good),
];

/** A good request, as whoever may ask. */
export function asked(
  stage: Stage,
  route: string,
  row: Row,
  { path, body, text, visitor = stage.me.visitor }: Good,
): Question {
  const [method = ''] = route.split(' ');
  const headers: OutgoingHttpHeaders = {
    Cookie: visitor.cookie,
    Accept: row.page ? 'text/html' : 'application/json',
  };
  if (row.upload) {
    const form = multipart([file('gif', 'x.gif', stage.picture)]);
    return { method, path, headers: { ...headers, ...MULTIPART }, body: Buffer.from(form, 'latin1') };
  }
  if (text) return { method, path, headers: { ...headers, 'Content-Type': 'text/plain' }, body: text };
  if (!body) return { method, path, headers };
  return { method, path, headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** Bad ids and queries in its address; methods that nobody registered. */
function addresses(stage: Stage, route: string, row: Row, good: Good): Try[] {
  const base = asked(stage, route, row, good);
  const pattern = (route.split(' ')[1] ?? '').split('/');
  const parts = good.path.split('/');
  const ids = pattern.flatMap((part, at) =>
    part.startsWith(':')
      ? Object.entries(BAD_IDS).map(([name, id]) => ({
          ...base,
          name: `${name} as ${part}`,
          path: parts.with(at, id).join('/'),
          // The form of a room that there is not leads to the room, which says so.
          must: route !== 'GET /room/:id/enter' && !(route === 'POST /room/:id/leave' && name === 'an id of nothing'),
        }))
      : [],
  );
  const parameters = row.query ?? [];
  const queries = parameters.flatMap((name, nth) =>
    Object.entries(BAD_QUERIES).flatMap(([what, query], at) =>
      WHOLE || at % parameters.length === nth
        ? [
            {
              ...base,
              name: `${what} as ?${name}`,
              path: `${good.path}?${query.replaceAll('NAME', name)}`,
              must: false,
            },
          ]
        : [],
    ),
  );
  const path = route.slice(route.indexOf(' '));
  const unknown = ['PUT', 'PROPFIND'].filter((method) => !Object.hasOwn(ROUTES, method + path));
  const methods = unknown.map((method) => ({ ...base, method, name: method, must: true }));
  return [...ids, ...queries, ...(route.endsWith('*') ? [] : methods)];
}

/** Whoever may not ask: no session, a forged one, a stranger, another site's page. */
function senders(stage: Stage, route: string, row: Row, good: Good): Try[] {
  const base = asked(stage, route, row, good);
  const from = (name: string, headers: OutgoingHttpHeaders, must: boolean, statuses?: number[]): Try => ({
    ...base,
    name,
    headers: { ...base.headers, ...headers },
    must,
    ...(statuses && { statuses }),
  });
  const changes = base.method !== 'GET';
  const own =
    /^GET \/(healthz|readyz|version|metrics|robots\.txt|favicon\.ico|manifest\.webmanifest|offline|service-worker\.js|assets|shelf\/)/.test(
      route,
    );
  const foreign = changes
    ? [{ Origin: 'https://evil.example' }, { Origin: 'null' }, { 'Sec-Fetch-Site': 'same-site' }]
    : [{ 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' }];
  const sender = [
    from('nobody', { Cookie: '' }, !row.open),
    from('a forged session', { Cookie: 'sid=s%3Aabcdefghijklmnop.cGhvbnk' }, !row.open),
    from('a session that is JSON', { Cookie: 'sid=j:{"$ne":1}' }, !row.open),
    ...(own || row.keyed ? [] : foreign.map((headers) => from(Object.values(headers).join(' '), headers, true, [403]))),
  ];
  if (!row.shared) sender.push(from('a stranger', { Cookie: stage.stranger.cookie }, true));
  return sender;
}

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === 'string');

/** Bodies that are none, and good ones with a bad field. */
function bodies(stage: Stage, route: string, row: Row, good: Good): Try[] {
  const { headers = {}, ...base } = asked(stage, route, row, good);
  const rest = { Cookie: headers['Cookie'], Accept: headers['Accept'] };
  if (row.upload)
    return badUploads(stage.picture).map((bad) => ({
      ...base,
      ...bad,
      headers: { ...rest, ...bad.headers },
      must: true,
    }));
  if (!good.body) return [];
  // Where a body may be left out, one in which nothing is recognised is none.
  const pass = row.bodiless ? ['no body, no type', 'no UTF-8'] : [];
  const badOnes = badBodies(Object.keys(good.body)).filter(({ name }) => !pass.includes(name));
  const whole = badOnes.map((bad) => ({
    ...base,
    ...bad,
    headers: { ...rest, ...bad.headers },
    // Nothing in it is needed.
    must: !(route === 'POST /preferences' && bad.name === 'no UTF-8'),
  }));
  const json = (must: boolean, values: Value[]) =>
    [...spoiled(good.body ?? {}, values)].map(({ name, value, field }) => ({
      ...base,
      headers,
      name,
      body: JSON.stringify(value),
      // Where a page leads back to is never refused: it leads to the front page.
      must:
        must &&
        !(route === 'POST /preferences' && field === 'back') &&
        !(row.lists?.includes(field) && isTexts(value[field])),
    }));
  const form = [...spoiled(good.body, ODD_VALUES)]
    .filter(({ value, field }) => typeof value[field] === 'string')
    .map(({ name, value }) => ({
      ...base,
      headers: { ...rest, Accept: 'text/html', 'Content-Type': 'application/x-www-form-urlencoded' },
      name: `${name}, in a form`,
      body: new URLSearchParams(Object.entries(value).map(([key, one]) => [key, String(one)])).toString(),
      must: false,
    }));
  return [...whole, ...json(true, WRONG_TYPES), ...json(false, ODD_VALUES), ...(WHOLE && !row.costly ? form : [])];
}
