// lmdb-js as one file of CommonJS: its ES modules, read one by one, cost a start 13 ms of CPU more.
import { createRequire } from 'node:module';
import type * as lmdb from 'lmdb';

export const { open } = createRequire(import.meta.url)('lmdb') as typeof lmdb;
