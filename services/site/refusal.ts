/** Why a command of the operator (`npm run backup` and its like) does nothing: said in one sentence, without a stack. */
export class Refusal extends Error {}

/** Run a command; what goes wrong is said on standard error, and ends the process with 1. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const { message, stack, constructor } = error as Error;
    const isExpected = [Refusal.name, 'ConfigError', 'EmbeddedStoreError'].includes(constructor.name);
    process.stderr.write(`${isExpected ? message : (stack ?? message)}\n`);
    process.exitCode = 1;
  }
}
