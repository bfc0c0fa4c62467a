// What the tests need beyond npm: Chrome or Chromium for the browser, redis-server for the two-node suite. Finds them, or
// installs them where it may, says in one line each what it did, and fails with what to do where it may not.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FOUND = path.join(import.meta.dirname, '..', 'test-results', 'tools.json');

/** The path of the first of these commands that exists. */
function which(...names) {
  for (const name of names) {
    if (path.isAbsolute(name)) {
      if (existsSync(name)) return name;
      continue;
    }
    const found = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, name));
    const hit = found.find((file) => existsSync(file));
    if (hit) return hit;
  }
  return null;
}

/** Install a distribution's packages, where this user may. */
function install(...packages) {
  const apt = which('apt-get');
  const sudo = process.getuid?.() === 0 ? [] : which('sudo') ? ['sudo', '-n'] : null;
  if (!apt || !sudo) return false;
  const run = (...args) => {
    const [command, ...rest] = [...sudo, apt, ...args];
    return (
      spawnSync(command, rest, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
        .status === 0
    );
  };
  const get = () => run('install', '-y', '--no-install-recommends', ...packages);
  return get() || (run('update') && get());
}

function browser() {
  const names = [
    process.env.CHROMIUM_PATH ?? 'chromium',
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  const found = which(...names);
  if (found) return [found, 'found'];
  if (install('chromium', 'fonts-noto-cjk', 'fonts-noto-color-emoji'))
    return [which(...names), 'installed from the distribution'];
  const cli = path.join(import.meta.dirname, '..', 'node_modules', 'playwright-core', 'cli.js');
  if (spawnSync(process.execPath, [cli, 'install', '--with-deps', 'chromium'], { stdio: 'ignore' }).status === 0) {
    const code = "import('playwright-core').then(({ chromium }) => console.log(chromium.executablePath()))";
    return [
      execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' }).trim(),
      "fetched by playwright's own download",
    ];
  }
  return [null, 'install Chrome or Chromium, or set CHROMIUM_PATH to it'];
}

function redis() {
  const found = which(process.env.REDIS_SERVER_PATH ?? 'redis-server', 'redis-server', 'valkey-server');
  if (found) return [found, 'found'];
  if (install('redis-server')) return [which('redis-server'), 'installed from the distribution'];
  return [null, 'install redis-server, or set REDIS_SERVER_PATH to it'];
}

const tools = { browser: browser(), redis: redis() };
let missing = false;
for (const [name, [file, how]] of Object.entries(tools)) {
  console.log(file ? `${name}: ${file} (${how})` : `${name}: missing: ${how}`);
  missing ||= !file;
}
mkdirSync(path.dirname(FOUND), { recursive: true });
writeFileSync(FOUND, JSON.stringify(Object.fromEntries(Object.entries(tools).map(([name, [file]]) => [name, file]))));
process.exit(missing ? 1 : 0);
