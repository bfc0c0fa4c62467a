/** The bond between the contract's events and the validators of what they carry. */
import { z } from 'zod';
import type { PayloadOf, RefusalOf } from './contract.js';

/** A validator for every event of `Events`, and what its refusal holds beside the error. */
export interface EventInputs<Events, Validators extends Record<keyof Events, z.ZodType>> {
  readonly validators: Validators;
  readonly refusals: Partial<Record<keyof Events, object>>;
}

/** `Validator` if it takes all that the contract lets the event carry; one that takes anything, only where that is anything. */
type Fitting<Listener, Validator extends z.ZodType> =
  unknown extends z.input<Validator>
    ? unknown extends PayloadOf<Listener>
      ? Validator
      : never
    : PayloadOf<Listener> extends z.input<Validator>
      ? Validator
      : never;

/** Events whose refusal holds more than its error. */
type Refusals<Events> = {
  [Name in keyof Events as RefusalOf<Events[Name]> extends undefined ? never : Name]: RefusalOf<Events[Name]>;
};

/**
 * Bind each event of one part of the contract to the validator of its payload. An event that is missing, one that the
 * contract does not know, and a validator that would refuse what the contract allows do not compile.
 * @returns a function of the validators and, where the contract has such, of what refusals hold beside the error.
 */
export const inputsOf =
  <Events>() =>
  <Validators extends Record<keyof Events, z.ZodType>>(
    validators: Validators & { [Name in keyof Events]: Fitting<Events[Name], Validators[Name]> } & Record<
        Exclude<keyof Validators, keyof Events>,
        never
      >,
    ...[refusals]: keyof Refusals<Events> extends never ? [] : [refusals: Refusals<Events>]
  ): EventInputs<Events, Validators> => ({
    validators,
    refusals: { ...refusals },
  });

/** An event that carries nothing; what comes with it nevertheless is dropped. */
export const nothing = z.custom<undefined>(() => true).transform(() => undefined);
