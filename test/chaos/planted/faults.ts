/**
 * Faults that a row must notice. Each changes one line of a built module while a process loads it (loader.ts); no file is changed, and
 * none of this is in the product. A line that is not there any more fails the row: the fault has to be planted anew.
 */
export interface Fault {
  /** The module, as its address ends. */
  file: string;
  line: string;
  instead: string;
  /** The row that must turn red: its file, its name, and what its JSON line then says. */
  row: { file: string; name: string; says: RegExp };
}

export const FAULTS: Record<string, Fault> = {
  'an answer before the store has it': {
    file: '/services/messages/writer.js',
    line: 'await this.stream.model.collection.insertMany(messages, { ordered: true });',
    instead: `setTimeout(() => {
                this.stream.model.collection.insertMany(messages, { ordered: true }).catch(() => undefined);
            }, 300);`,
    row: { file: 'crash', name: '^R2 ', says: /"lost":[1-9].*"planted"/ },
  },
  'a seat by reading, then writing': {
    file: '/services/rooms/seating.js',
    line: '            slot,',
    instead: '            slot: slot + Math.random() / 2,',
    row: { file: 'seats', name: 'two nodes', says: /"wrong":[1-9].*"planted"/ },
  },
  'an event passed on as it came': {
    file: '/controllers/sockets/handle.js',
    line: 'parse(validators[event], payload)',
    instead: "(event === 'typing' ? payload : parse(validators[event], payload))",
    row: { file: 'privacy', name: 'R55:', says: /"leaked":[1-9].*"planted"/ },
  },
};
