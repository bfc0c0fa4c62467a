/** What a database will never grant, however often it is asked: rights, indexes, settings of its URL. database.ts ends with it. */
import { Error as MongooseError, mongo } from 'mongoose';

/** Server errors that asking again does not mend. Source: MongoDB's error_codes.yml; 8000 is Atlas's. */
const PERMANENT = new Set([
  // rights
  13, 18, 31, 8000,
  // an index that cannot be: options, keys, limits, documents that are in its way
  67, 85, 86, 171, 11000, 17280,
  // what that server does not know
  2, 9, 14, 59, 72, 115, 238, 40415,
]);

/** The refusal that an error is; null: it is no answer rather than the answer no. @param asked what was asked for. */
export function refusalOf(asked: string, error: unknown): DatabaseRefusal | null {
  if (error instanceof DatabaseRefusal) return error;
  const cause = incompatibility(error) ?? error;
  return isRefusal(cause) ? new DatabaseRefusal(asked, cause) : null;
}

/** Why the driver does not speak to a server that it has reached: it is too old, or too new. */
function incompatibility(error: unknown): Error | undefined {
  if (!(error instanceof MongooseError.MongooseServerSelectionError)) return undefined;
  const { reason } = error as { reason?: Partial<mongo.TopologyDescription> };
  const errors = [...(reason?.servers?.values() ?? [])].flatMap((server) => server.error ?? []);
  return errors.find((each) => each instanceof mongo.MongoCompatibilityError);
}

function isRefusal(error: unknown): error is Error {
  if (error instanceof mongo.MongoServerError) return PERMANENT.has(Number(error.code));
  return [
    mongo.MongoParseError,
    mongo.MongoInvalidArgumentError,
    mongo.MongoMissingCredentialsError,
    mongo.MongoCompatibilityError,
  ].some((kind) => error instanceof kind);
}

/** Its message says what was refused, why, and what to do; never the URL, which may hold a password. */
export class DatabaseRefusal extends Error {
  constructor(asked: string, cause: Error) {
    const { code, codeName } = cause as { code?: unknown; codeName?: unknown };
    const known = typeof code === 'number' ? ` (${typeof codeName === 'string' ? `${codeName} ` : ''}${code})` : '';
    super(
      `The database refused ${asked}: ${cause.message}${known}. Mend that there or in MONGO_URL, then start again.`,
      {
        cause,
      },
    );
    this.name = 'DatabaseRefusal';
  }
}
