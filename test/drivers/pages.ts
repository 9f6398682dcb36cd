import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DriverKind } from '../../src/drivers/driver.js';
import type { TestStep } from '../../src/services/round-trip.js';

const ROOT = join(import.meta.dirname, '../..');

/** What an admin reads of a kind: its own page, or its part of the README. */
export function pageOf({ kind, label }: DriverKind): string {
  const page = join(ROOT, 'src/drivers', kind, 'README.md');
  if (existsSync(page)) return readFileSync(page, 'utf8');
  const parts = readFileSync(join(ROOT, 'README.md'), 'utf8').split(/^## /m);
  return parts.find((part) => part.startsWith(kind === 'demo' ? 'Try it' : label)) ?? '';
}

/** By its column of the table: what the page says where it cannot, and which step of `foyer gateway test` is not taken. */
export const ABSENT = {
  Extend: { page: /later end|longer visit|made longer|former end/i, step: undefined },
  Revoke: { page: /cannot be told|nothing can be told|ends no session|stays on/i, step: 'send off' },
  List: { page: /(?:cannot be|are not) listed|only with [^.]* list/i, step: 'see' },
  'Finds clients': {
    page: /can be forged|find a device by its address|confirms who|does not prove/i,
    step: 'look up',
  },
} as const satisfies Record<string, { page: RegExp; step: TestStep['step'] | undefined }>;
