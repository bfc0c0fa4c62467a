/** Options that every schema shares: unknown fields are errors, documents carry no version counter, indexes are made at start. */
export const STRICT = { strict: 'throw', versionKey: false, autoIndex: false, minimize: false } as const;
