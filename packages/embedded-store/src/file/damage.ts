// What is wrong with a file, found by reading it and nothing else.

/** A file that LMDB must not map: with pages that lead nowhere it would end the process by a signal, or lose documents. */
export class Damage extends Error {}
