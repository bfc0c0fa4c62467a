/** Cursors of a consultation's messages, for visitor and desk. */
import type { Case } from '../../schemas/consult/case.js';
import type { ConsultPage } from '../../schemas/consult/contract.js';

/** Which messages a page asks for: those after a cursor, before one, or, without either, the latest. */
export interface Range {
  after?: number | undefined;
  before?: number | undefined;
}

/** How far an answer has brought its reader: what came after it was not read. */
export function seqRead({ lastSeq }: Case, { messages }: ConsultPage, { after = 0, before }: Range = {}): number {
  if (before !== undefined) return lastSeq;
  return messages.at(-1)?.seq ?? Math.min(after, lastSeq);
}
