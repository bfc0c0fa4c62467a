// How many commands of each kind came, as serverStatus counts them (`opcounters`). A findAndModify counts as an update, what only
// reads documents as a query, all the rest as a command.

const KINDS: Record<string, keyof Opcounters> = {
  insert: 'insert',
  find: 'query',
  aggregate: 'query',
  count: 'query',
  distinct: 'query',
  update: 'update',
  findAndModify: 'update',
  findandmodify: 'update',
  delete: 'delete',
  getMore: 'getmore',
};

interface Opcounters {
  insert: number;
  query: number;
  update: number;
  delete: number;
  getmore: number;
  command: number;
}

/** Since the store started. */
export const opcounters: Opcounters = { insert: 0, query: 0, update: 0, delete: 0, getmore: 0, command: 0 };

/** Count one request by its command's name. */
export function countCommand(name: string): void {
  opcounters[KINDS[name] ?? 'command']++;
}
