/**
 * The site's suite on another database: with STORE_TEST_URL (`mongodb://host:port`, no database in it) each site under test keeps its
 * data in a database there, named after its folder and dropped with it, instead of in the embedded store. With
 * STORE_TEST_GAPS=ferretdb that server is not asked for what FerretDB lacks: outer-gaps.ts.
 */
import path from 'node:path';
import { MongoClient } from 'mongodb';

/** What a process imports so that its server is not asked for what FerretDB lacks. */
export const GAPS = new URL('./outer-gaps.js', import.meta.url).href;

/** Whether the outer server is FerretDB, or lacks the same. */
export const hasGaps = (): boolean => process.env['STORE_TEST_GAPS'] === 'ferretdb';

/** MONGO_URL for what is kept in this folder; null: the embedded store. */
export function outerUrl(dir: string): string | null {
  const server = process.env['STORE_TEST_URL'];
  if (server === undefined || server === '') return null;
  const url = new URL(server);
  url.pathname = `/${path.basename(dir).replaceAll(/\W/g, '_')}`;
  return url.href;
}

/** Drop what such a site has stored. */
export async function dropOuter(dir: string): Promise<void> {
  const url = outerUrl(dir);
  if (url === null) return;
  const client = await MongoClient.connect(url);
  await client.db().dropDatabase();
  await client.close();
}
