/**
 * To be imported before anything else (`node --import`): plants the fault that PLANTED names into this process. The module is loaded
 * here and now, because what Mocha loads by `require` does not pass the loader, and then finds it loaded.
 */
import { register } from 'node:module';
import { FAULTS } from './faults.js';

const { PLANTED: name = '' } = process.env;
register('./loader.js', import.meta.url, { data: name });
await import(new URL(`../../..${FAULTS[name]?.file}`, import.meta.url).href);
