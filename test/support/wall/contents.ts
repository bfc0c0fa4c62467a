/** Everything that a site keeps, so that a test can say what a refused input has changed: nothing. */
import { BSON } from 'mongodb';
import { filesUnder, type TestSite } from '../site.js';
import type { Store } from '../store.js';

/** Who is here, and when they were last, is noted whatever they ask for; a node renews its lease. */
const OF_ANY_VISIT = new Set(['sessions', 'people', 'presences', 'nodes']);

/** Documents, each as its collection's name and its bytes, and files. */
export async function contents({ app, uploads }: TestSite, store: Store): Promise<Set<string>> {
  const lists = await Promise.all(
    Object.values(app.database.models)
      .map(({ collection }) => collection.name)
      .filter((name) => !OF_ANY_VISIT.has(name))
      .map(async (name) => {
        const documents = await store.collection(name).find({}, { raw: true }).toArray();
        return documents.map((document) => `${name} ${(document as unknown as Buffer).toString('latin1')}`);
      }),
  );
  return new Set([...lists.flat(), ...(await filesUnder(uploads)).map((file) => `file ${file}`)]);
}

const QUIET_MS = 10_000;

/** Wait until what was answered a moment ago is told, noted or erased as well. */
export const settled = ({ app }: TestSite): Promise<boolean> => app.database.quiet(QUIET_MS);

/** What is in one and not in the other, readable. */
export const difference = (before: Set<string>, after: Set<string>): string[] => [
  ...[...before].filter((line) => !after.has(line)).map((line) => `- ${readable(line)}`),
  ...[...after].filter((line) => !before.has(line)).map((line) => `+ ${readable(line)}`),
];

function readable(line: string): string {
  const at = line.indexOf(' ');
  if (line.startsWith('file ')) return line;
  return `${line.slice(0, at)} ${BSON.EJSON.stringify(BSON.deserialize(Buffer.from(line.slice(at + 1), 'latin1')))}`;
}
