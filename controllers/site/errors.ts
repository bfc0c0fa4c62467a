/** Everything that a door can meet -> the one vocabulary. What is unknown becomes `internal`; its caller logs it whole. */
import { MulterError } from 'multer';
import { isDiskFull, isStoreFull } from '../../services/site/disk-full.js';
import { AppError, type ErrorCode } from '../../services/site/errors.js';
import type { Translate } from '../../shared/translator.js';

/** What an error says to a person. */
export function errorWords(t: Translate, { code, details: { by, retryAfter } }: AppError): string {
  if (code === 'slow_mode' && retryAfter) return t('rules.slow_wait', { count: retryAfter });
  return t(`errors.${code}`, { by });
}

const BODY_ERRORS: Record<number, ErrorCode> = { 400: 'bad_json', 413: 'too_large', 415: 'unsupported_type' };
const DATABASE_ERRORS = [
  'MongoServerSelectionError',
  'MongoNetworkError',
  'MongoNotConnectedError',
  'MongoNetworkTimeoutError',
  'MongoWaitQueueTimeoutError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
];

export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof MulterError) {
    return new AppError(
      thrown.code === 'LIMIT_FILE_SIZE' ? 'image_too_large' : 'upload_invalid',
      {},
      { cause: thrown },
    );
  }
  if (isStoreFull(thrown)) return new AppError('disk_full', { retryAfter: 10 }, { cause: thrown });
  if (isDiskFull(thrown)) return new AppError('storage_full', {}, { cause: thrown });
  if (thrown instanceof URIError) return new AppError('bad_url');
  if (!(thrown instanceof Error)) return new AppError('internal', {}, { cause: thrown });
  const { status, type } = thrown as { status?: unknown; type?: unknown };
  if (typeof type === 'string' && typeof status === 'number') {
    return new AppError(BODY_ERRORS[status] ?? (status < 500 ? 'bad_input' : 'internal'), {}, { cause: thrown });
  }
  if (DATABASE_ERRORS.includes(thrown.name) || isLostBulk(thrown) || thrown.message.includes('buffering timed out')) {
    return new AppError('unavailable', { retryAfter: 5 }, { cause: thrown });
  }
  if (status === 400) return new AppError('bad_url', {}, { cause: thrown });
  return new AppError('internal', {}, { cause: thrown });
}

/** The driver hides what cut a bulk write off: only then has the error no code of the server's. */
function isLostBulk(thrown: Error): boolean {
  return thrown.name === 'MongoBulkWriteError' && (thrown as { code?: unknown }).code === undefined;
}
