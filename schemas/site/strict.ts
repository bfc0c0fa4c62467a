/** Options of every schema: unknown fields are errors, there is no version field, indexes are created at start. */
export const STRICT = { strict: 'throw', versionKey: false, autoIndex: false, minimize: false } as const;
