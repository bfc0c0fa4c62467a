/**
 * A machine whose clock is wrong, for a site's process to import: CLOCK_OFFSET_MS ahead of the truth, and by CLOCK_JUMP_MS more from
 * the tenth second on.
 */
const offset = Number(process.env['CLOCK_OFFSET_MS'] ?? 0);
const jump = Number(process.env['CLOCK_JUMP_MS'] ?? 0);
const JUMPS_AFTER_MS = 10_000;

const TrueDate = Date;
const now = () => TrueDate.now() + offset + (performance.now() > JUMPS_AFTER_MS ? jump : 0);

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
  get: (target, key) => (key === 'now' ? now : (Reflect.get(target, key) as unknown)),
});
