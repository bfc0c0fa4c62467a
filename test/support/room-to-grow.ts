/** The end of the disk without a disk: how large a file may grow in another process, changed while it runs (Linux, util-linux). */
import { execFileSync } from 'node:child_process';

/** Whether this machine can do it. */
const canLimitFiles = (): boolean => {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' });
    return process.platform === 'linux';
  } catch {
    return false;
  }
};

/** A test that limits files; where that cannot be done, one line says that it is left out (a skipped test would fail the run). */
export function itWithLimits(title: string, test: () => Promise<void>): void {
  if (canLimitFiles()) it(title, test);
  else console.log(`Left out, for want of Linux with prlimit: ${title}`);
}

/** From now on no file of this process grows beyond so many bytes: what is written behind them fails as on a full disk. */
export function limitFiles(pid: number, bytes: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${Number.isFinite(bytes) ? bytes : 'unlimited'}:unlimited`]);
}
