/** One thing that a person can see, and how a page gets there. */
import type { Page } from 'playwright-core';
import type { Stage } from './states.js';

export interface State {
  name: string;
  /** Open it on the page of somebody new. */
  show: (page: Page, stage: Stage) => Promise<void>;
  /** A shorter way for a page that shows another state already. */
  from?: { name: string; step: State['show'] };
}

/** A state that is one step away from another. */
export const stepFrom = ({ name: base, show }: State, name: string, step: State['show']): State => ({
  name,
  async show(page, stage) {
    await show(page, stage);
    await step(page, stage);
  },
  from: { name: base, step },
});
