// `npm run dev`: compile on every change and restart the site when what it runs on has changed.
import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const watched = ['dist', 'packages/embedded-store/dist', 'views', 'public', 'locales'].map(
  (folder) => `--watch-path=${path.join(root, folder)}`,
);
const run = (args) => spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });

const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const first = run([tsc, '-b', 'tsconfig.build.json']);
first.on('exit', () => {
  const children = [
    run([tsc, '-b', 'tsconfig.build.json', '--watch', '--preserveWatchOutput']),
    run([...watched, path.join('dist', 'app.js')]),
  ];
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      for (const child of children) child.kill(signal);
    });
  }
});
