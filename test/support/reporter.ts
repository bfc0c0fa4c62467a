/** Mocha's spec reporter, closing with the one line that a machine reads: `N passed, N failed`. */
import mocha from 'mocha';

export default class Reporter extends mocha.reporters.Spec {
  constructor(runner: mocha.Runner, options: mocha.MochaOptions) {
    super(runner, options);
    // In production a rejection that nobody handles ends the process; Mocha would pass over it.
    process.on('unhandledRejection', (reason) => {
      throw reason instanceof Error ? reason : new Error(String(reason));
    });
    runner.once('end', () => {
      process.stdout.write(`\n${this.stats.passes} passed, ${this.stats.failures} failed\n`);
    });
  }
}
