/** One image field, with exact limits. Runs only after rights and rates were checked; a refused file is deleted. */
import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import multer, { type StorageEngine } from 'multer';
import type { Site } from '../../controllers/site/site.js';
import type { Uploads } from '../../services/messages/uploads.js';
import { AppError } from '../../services/site/errors.js';

/** Read the file into the folder where uploads land until they are judged. */
export function uploadImage({ config, services }: Site): RequestHandler {
  const read = multer({
    storage: storageIn(services.uploads),
    limits: {
      fileSize: config.maxUploadBytes,
      files: 1,
      fields: 5,
      parts: 6,
      fieldNameSize: 64,
      fieldSize: 8_192,
      headerPairs: 32,
      fieldNestingDepth: 0,
      fieldArrayIndexLimit: 0,
    },
  }).single('gif');
  return (request, response, next) =>
    read(request, response, (error: unknown) => {
      next(isMalformed(error) ? new AppError('upload_invalid', {}, { cause: error }) : error);
    });
}

/** Multer's storage on the disk, which leaves a file that it could not write to its end (a full disk). */
function storageIn(uploads: Uploads): StorageEngine {
  const disk = multer.diskStorage({
    // A function: a name would be made at once, and open to everybody on the machine.
    destination: (_request, _file, callback) => callback(null, uploads.incoming),
    filename: (_request, _file, callback) => callback(null, randomUUID()),
  });
  return {
    _handleFile: (request, file, callback) =>
      disk._handleFile(request, file, (error?: unknown, info?: Partial<Express.Multer.File>) => {
        if (!error) return callback(null, info);
        // Without a path multer is removing it already: the request was cut.
        const removed = file.path ? uploads.discard(file.path) : Promise.resolve();
        void removed.catch(() => undefined).then(() => callback(error));
      }),
    _removeFile: (request, file, callback) => disk._removeFile(request, file, callback),
  };
}

/** The parser says what is wrong with a form in plain errors; those of the disk have a code, multer's a class. */
const isMalformed = (error: unknown): boolean =>
  error instanceof Error && !(error instanceof multer.MulterError) && !('code' in error);
