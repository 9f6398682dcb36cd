#!/usr/bin/env node
/** `npx foyer <command>` in a checkout. */
import { join } from 'node:path';
import { ROOT, setUp } from './setup.mjs';

setUp({ packages: 'any' });
const { main } = await import('../dist/cli.js');
const env = { ...process.env };
// Called from a folder below, a command means the data of this checkout all the same, as `npm start` does.
if (process.cwd() !== ROOT && !env.DATA_DIR && !env.DATA_DIR_FILE) env.DATA_DIR = join(ROOT, 'data');
process.exitCode = await main(process.argv.slice(2), env);
