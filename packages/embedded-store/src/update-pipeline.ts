// Updates written as a pipeline: the stages that turn one document into one.
import type { Doc, Value } from './bson/values.js';
import { CommandError } from './errors.js';
import { stageOf } from './pipeline/index.js';
import { compileShape, SHAPES } from './pipeline/shape.js';

/** Compile to a function from the old document to the new one. `now` is $$NOW. */
export function compilePipelineUpdate(stages: readonly Value[], now: Date): (doc: Doc) => Doc {
  const compiled = stages.map((stage) => {
    const [name, operand] = stageOf(stage);
    if (!SHAPES.has(name))
      throw new CommandError('InvalidOptions', `${name} is not allowed to be used within an update`);
    return compileShape(name, operand, { NOW: now });
  });
  return (doc) => compiled.reduce((current, shape) => shape(current), doc);
}
