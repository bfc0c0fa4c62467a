/**
 * Run something once, after a time.
 * @param {() => void} run
 * @param {number} ms
 * @returns {() => void} not to run it
 */
export function later(run, ms) {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
