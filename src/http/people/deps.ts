import type { Runtime } from '../../runtime.js';

/** What every file of pages for hosts and desks is given. */
export interface PeopleDeps {
  runtime: Runtime;
}
