/** The file of settings: `.env` in the project's folder, wherever the shell stood, or the one that ENV_FILE names. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import dotenv from 'dotenv';
import { ConfigError } from './config.js';
import { ROOT } from './root.js';

/**
 * Read the file into `process.env`; what the environment has already wins.
 * @throws ConfigError where ENV_FILE names no file.
 */
export function readSettingsFile(): void {
  const named = process.env['ENV_FILE'];
  const file = path.resolve(ROOT, named === undefined || named === '' ? '.env' : named);
  if (existsSync(file)) dotenv.config({ path: file, quiet: true });
  else if (named) throw new ConfigError([`ENV_FILE: there is no file ${file}`]);
}
