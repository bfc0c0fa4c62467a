/** How often "is typing" is passed on, whatever the place. */

/** Milliseconds between two "is typing" of one socket. */
const TYPING_MS = 1_000;

/** @returns for one socket: whether to pass this on. That somebody stopped always is. */
export function typingPace(): (on: boolean) => boolean {
  let toldAt = -TYPING_MS;
  return (on) => {
    if (!on) return true;
    if (performance.now() - toldAt < TYPING_MS) return false;
    toldAt = performance.now();
    return true;
  };
}
