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

/** What apt may not do: wait long for a network that is not there, or take away what somebody installed. */
const APT_OPTIONS = ['Acquire::http::Timeout=10', 'Acquire::https::Timeout=10', 'Acquire::Retries=0'].flatMap(
  (option) => ['-o', option],
);
const APT_MS = 300_000;

const isRoot = process.getuid?.() === 0;

/** Install a distribution's packages, where this user may. */
function install(...packages) {
  const apt = which('apt-get');
  const sudo = isRoot ? [] : which('sudo') ? ['sudo', '-n'] : null;
  if (!apt || !sudo) return false;
  const run = (...args) => {
    const [command, ...rest] = [...sudo, apt, ...APT_OPTIONS, ...args];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync(command, rest, { stdio: 'ignore', env, timeout: APT_MS }).status === 0;
  };
  const get = () => run('install', '-y', '--no-remove', '--no-install-recommends', ...packages);
  return get() || (run('update') && get());
}

const FONTS = ['fonts-noto-cjk', 'fonts-noto-color-emoji'];
const BROWSERS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
/** Chromium without its windows, toolbars and tabs: a page takes a quarter of the CPU that it takes with them. */
const SHELLS = ['chromium-headless-shell', 'chrome-headless-shell'];
const INSTALLED = 'installed from the distribution';

function browser() {
  const found = which(process.env.CHROMIUM_PATH ?? SHELLS[0], ...SHELLS);
  if (found) return [found, 'found'];
  const whole = which(...BROWSERS);
  // Beside a browser that would do, nothing is installed on anybody's own machine.
  if ((isRoot || !whole) && install(SHELLS[0], ...FONTS)) return [which(...SHELLS), INSTALLED];
  if (whole) return [whole, 'found'];
  if (install(BROWSERS[0], ...FONTS)) return [which(...BROWSERS), INSTALLED];
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
  if (install('redis-server')) return [which('redis-server'), INSTALLED];
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
