/** What the commands of a backup share: their one argument, and the folders of the settings. */
import path from 'node:path';
import { type Config, parseConfig } from '../site/config.js';
import { Refusal } from '../site/refusal.js';
import { readSettingsFile } from '../site/settings-file.js';

/** The folder that the command line names, from where the shell stands. @throws Refusal where it names none, or more. */
export function folderNamed(usage: string): string {
  const [name, ...more] = process.argv.slice(2);
  if (!name || more.length > 0 || name.startsWith('-')) throw new Refusal(`Name one folder: ${usage}`);
  return path.resolve(process.env['INIT_CWD'] ?? '.', name);
}

/**
 * The folders of the embedded store's site.
 * @throws Refusal where another database is used. A machine that serves its store to nodes (`npm run store`) may name that one.
 */
export function embeddedFolders(): Config {
  readSettingsFile();
  const config = parseConfig(process.env);
  if (config.mongoUrl !== null && !process.env['STORE_SECRET'])
    throw new Refusal('MONGO_URL is set: copy that database with mongodump, then UPLOADS_DIR (docs/operations.md)');
  return config;
}
