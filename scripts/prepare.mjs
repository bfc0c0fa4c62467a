// After `npm ci`: builds the site. What compiles it is a development package, which NODE_ENV=production leaves out: then it is
// fetched beside the others. Who leaves it out by name (--omit=dev) gets the packages that run alone, and builds elsewhere.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const cwd = path.join(import.meta.dirname, '..');
const npm = (...args) => execFileSync('npm', args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });

const hasCompiler = existsSync(path.join(cwd, 'node_modules', 'typescript'));
const isLeftOut = (process.env.npm_config_omit ?? '').split(/[\s,]+/).includes('dev');
if (!hasCompiler && isLeftOut) process.stdout.write('GIF Chat is not built: that needs the development packages.\n');
else {
  if (!hasCompiler) npm('install', '--include=dev', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund');
  npm('run', 'build');
}
