/**
 * The errors that clients may see. Each code is also the message key `errors.<code>` in locales/. An AppError becomes a
 * page or JSON in routes/middleware/errors.ts, a failed acknowledgement on sockets, an error frame on the gateway.
 * Services throw nothing else on purpose.
 */

/** Every code that a client can receive, with its HTTP status. */
export const ERROR_STATUS = {
  knocking: 202,
  bad_input: 400,
  bad_json: 400,
  bad_url: 400,
  title_required: 400,
  title_too_long: 400,
  announcement_required: 400,
  announcement_too_long: 400,
  address_invalid: 400,
  max_out_of_range: 400,
  password_length: 400,
  name_length: 400,
  name_invalid: 400,
  name_mixed: 400,
  chat_required: 400,
  chat_too_long: 400,
  question_required: 400,
  poll_options: 400,
  vote_required: 400,
  file_required: 400,
  upload_invalid: 400,
  name_required: 400,
  name_too_long: 400,
  topic_too_long: 400,
  no_session: 401,
  bad_token: 401,
  signed_out: 401,
  password_required: 401,
  password_wrong: 403,
  wrong_password: 403,
  not_admitted: 403,
  not_host: 403,
  banned: 403,
  site_banned: 403,
  door_closed: 403,
  pictures_paused: 403,
  removed: 403,
  forbidden: 403,
  not_yours: 403,
  desk_password_wrong: 403,
  desk_closed: 403,
  cross_site: 403,
  lobby_name_required: 403,
  blocked_by_you: 403,
  not_found: 404,
  gif_not_found: 404,
  room_not_found: 404,
  message_not_found: 404,
  report_not_found: 404,
  consult_not_found: 404,
  code_wrong: 404,
  person_not_found: 404,
  room_full: 409,
  poll_ended: 409,
  seats_taken: 409,
  too_many_seats: 409,
  consult_taken: 409,
  consult_open: 409,
  consultant_away: 409,
  consultant_name_taken: 409,
  reply_title_taken: 409,
  too_many_replies: 409,
  too_many_bots: 409,
  too_many_bans: 409,
  too_many_reactions: 409,
  name_taken: 409,
  already_open: 409,
  room_closed: 410,
  consult_over: 410,
  message_removed: 410,
  too_large: 413,
  image_too_large: 413,
  unsupported_type: 415,
  image_unsupported: 415,
  image_broken: 415,
  image_too_complex: 415,
  rate_limited: 429,
  slow_mode: 429,
  too_many_tries: 429,
  too_many_codes: 429,
  too_many_rooms: 429,
  too_many_sockets: 429,
  too_many_uploads: 429,
  internal: 500,
  unavailable: 503,
  busy: 503,
  maintenance: 503,
  uploads_full: 503,
  disk_full: 503,
  storage_full: 507,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** What a client may act on besides the code; never free text. */
export interface ErrorDetails {
  /** Seconds until trying again makes sense (becomes Retry-After). */
  retryAfter?: number;
  /** For forms: field name -> code. */
  fields?: Record<string, ErrorCode>;
  /** How many more wrong passwords are allowed. */
  triesLeft?: number;
  /** The name of whoever was faster. */
  by?: string;
  /** For programs: what is left of a room that has closed; null while that is being written. */
  receipt?: object | null;
}

/** An error that a person may see. `message` is the code; its text is in locales/. */
export class AppError extends Error {
  readonly status: number;
  constructor(
    readonly code: ErrorCode,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(code, options);
    this.name = 'AppError';
    this.status = ERROR_STATUS[code];
  }
}

/** Whether a value is one of our codes: `?error=` in an address shows nothing else. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_STATUS, value);
}
