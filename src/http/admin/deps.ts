import type { Runtime } from '../../runtime.js';
import type { Shell } from './shell.js';

/** What every file of admin pages is given. */
export interface AdminDeps {
  runtime: Runtime;
  shell: Shell;
}
