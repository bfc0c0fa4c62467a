// The two kinds of failure: CommandError is sent to a client, EmbeddedStoreError is thrown to who starts the store.

/** MongoDB's error codes, as its error_codes.yml names them; only those the store answers with. */
const CODES = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  IllegalOperation: 20,
  InvalidBSON: 22,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  AmbiguousIndexKeyPattern: 181,
  NotImplemented: 238,
  DuplicateKey: 11000,
  BSONObjectTooLarge: 10334,
  KeyTooLong: 17280,
} as const;

/** MongoDB's ShutdownInProgress. */
export const SHUTTING_DOWN = 91;

type CodeName = keyof typeof CODES;

const NAMES = new Map<number, string>(Object.entries(CODES).map(([name, code]) => [code, name]));

/** An answer `{ ok: 0, code, codeName, errmsg }`, or one entry of `writeErrors`. Thrown by commands, never by the transport. */
export class CommandError extends Error {
  readonly code: number;
  readonly codeName: string;

  /**
   * @param code a name of {@link CODES}, or one of MongoDB's numbered assertion codes ("Location40324")
   * @param message what MongoDB would say, where it says it
   * @param extra further fields of the answer, such as keyPattern and keyValue
   */
  constructor(
    code: CodeName | number,
    message: string,
    readonly extra: ReadonlyMap<string, unknown> = new Map(),
  ) {
    super(message);
    this.name = 'CommandError';
    this.code = typeof code === 'number' ? code : CODES[code];
    this.codeName = typeof code === 'number' ? (NAMES.get(code) ?? `Location${code}`) : code;
  }
}

/** The refusal of what MongoDB does and the store does not. */
export const notImplemented = (what: string): CommandError =>
  new CommandError('NotImplemented', `${what} is not implemented by the embedded store`);

export type EmbeddedStoreErrorCode =
  'data_dir_in_use' | 'data_dir_unusable' | 'data_file_damaged' | 'start_failed' | 'worker_died';

/** Why the store could not start, or died. `code` is stable, the message is for the log. */
export class EmbeddedStoreError extends Error {
  constructor(
    readonly code: EmbeddedStoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'EmbeddedStoreError';
  }
}
