// Names that begin with `$` are refused below the top of a document as well, but for those of a DBRef.
import { isDoc, type Value } from '../bson/values.js';
import { CommandError } from '../errors.js';

/** Throws DollarPrefixedFieldName. */
export function checkNames(value: Value): void {
  if (Array.isArray(value)) value.forEach(checkNames);
  else if (isDoc(value))
    for (const [name, field] of value) {
      if (name.startsWith('$') && !['$ref', '$id', '$db'].includes(name))
        throw new CommandError(
          'DollarPrefixedFieldName',
          `The dollar ($) prefixed field '${name}' is not allowed in the context of an update's replacement document.`,
        );
      checkNames(field);
    }
}
