/** Mocha's spec reporter, closing with the one line that a machine reads: `N passed, N failed`. */
import path from 'node:path';
import mocha from 'mocha';

export default class Reporter extends mocha.reporters.Spec {
  #closed = false;

  constructor(runner: mocha.Runner, options: mocha.MochaOptions) {
    super(runner, options);
    // A file that could not be loaded, or that took its worker down, fails as something that is neither test nor hook.
    runner.on('fail', (failed: mocha.Runnable & { type?: string }) => {
      if (failed.type) return;
      if (failed.file) failed.title += ` (${path.relative('.', failed.file)})`;
      failed.titlePath = () => [failed.title];
    });
    // A worker that crashes between two files leaves Mocha waiting for nothing: the process would end with 0.
    process.once('exit', () => {
      if (this.#closed) return;
      process.exitCode = 1;
      this.stats.duration ??= 0;
      this.#close(this.stats.failures + 1, 'A process ended too early: what it ran last is not counted.\n');
    });
  }

  /** Parallel mode says that the run has ended once more for each file that could not be run; `done` comes once. */
  override epilogue(): void {}

  override done(failures: number, end?: (failures: number) => void): void {
    this.#close(failures);
    end?.(failures);
  }

  #close(failures: number, note = ''): void {
    this.#closed = true;
    super.epilogue();
    process.stdout.write(`${note}\n${this.stats.passes} passed, ${failures} failed\n`);
  }
}
