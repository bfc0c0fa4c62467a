/** Node's loader, with one line of one module exchanged: see faults.ts. */
import type { LoadHook } from 'node:module';
import { type Fault, FAULTS } from './faults.js';

let fault: Fault | undefined;

export function initialize(name: string): void {
  fault = FAULTS[name];
  if (!fault) throw new Error(`no such fault: ${name}`);
}

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (!fault || !url.endsWith(`/dist${fault.file}`)) return loaded;
  const source = Buffer.from(loaded.source as Uint8Array).toString();
  if (source.split(fault.line).length !== 2) throw new Error(`the fault does not fit ${fault.file} any more`);
  return { ...loaded, source: source.replace(fault.line, () => fault!.instead) };
};
