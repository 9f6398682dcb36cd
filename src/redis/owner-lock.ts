import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** A process that a reused pid cannot be mistaken for. */
export interface ProcessId {
  pid: number;
  /** When it started, in the system's own words. */
  started: string;
}

/** Who owns the private Redis of a data folder: the content of its lock. */
export interface Owner extends ProcessId {
  purpose: 'portal' | 'command';
  /** Where this pid means something: another container may share the folder, but not its processes. */
  space: string;
  /** Makes every lock different from all others. */
  nonce: string;
  redis?: ProcessId & { socket: string };
}

/** The start of a living process; undefined where there is none, or only its remains. */
export function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') return ps(pid);
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may itself hold spaces and parentheses; after it come field 3 (state) and on.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function ps(pid: number): string | undefined {
  // Every caller must see the same words, whatever its own language and zone.
  const env = { LC_ALL: 'C', TZ: 'UTC', PATH: '/bin:/usr/bin' };
  return execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8', env }).trim() || undefined;
}

export const lives = (one: ProcessId): boolean => startOf(one.pid) === one.started;

/** What this process writes into a lock. */
export function ownerOf(purpose: Owner['purpose']): Owner {
  const started = startOf(process.pid) ?? '';
  return { pid: process.pid, started, purpose, space: processSpace(), nonce: randomBytes(8).toString('hex') };
}

export function processSpace(): string {
  if (process.platform !== 'linux') return process.platform;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
}

export type Taking = { taken: true; previous?: Owner } | { taken: false; owner: Owner };

/**
 * Takes the lock at `path`, from nobody or from an owner that `isDead`. Safe against any number of others that do
 * the same at once: who replaces a dead owner's lock must hold a second lock, named by the dead one's content, and
 * look again; what he then replaces can have been replaced by nobody else.
 */
export function takeLock(path: string, me: Owner, isDead: (owner: Owner) => boolean, depth = 0): Taking {
  const draft = writeDraft(path, me);
  try {
    for (;;) {
      if (linkNew(draft, path)) return { taken: true };
      const content = read(path);
      if (content === undefined) continue;
      const owner = parse(content);
      if (owner && !isDead(owner)) return { taken: false, owner };
      const right = `${path}.${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
      const second = depth < 4 ? takeLock(right, me, (other) => !lives(other), depth + 1) : undefined;
      if (!second) throw new Error(`${path} cannot be taken over; remove it and what begins with its name`);
      if (!second.taken) return { taken: false, owner: second.owner };
      try {
        if (read(path) !== content) continue;
        // What the dead one wrote of its server stays written, should we die before we have looked at it.
        if (owner?.redis) me.redis = owner.redis;
        updateLock(path, me);
        return owner ? { taken: true, previous: owner } : { taken: true };
      } finally {
        rmSync(right, { force: true });
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Replaces the content of a lock that is ours. */
export function updateLock(path: string, me: Owner): void {
  renameSync(writeDraft(path, me), path);
}

/** Gives a lock back, if it is still ours. */
export function releaseLock(path: string, me: Owner): void {
  if (readOwner(path)?.nonce === me.nonce) rmSync(path, { force: true });
}

export function readOwner(path: string): Owner | undefined {
  const content = read(path);
  return content === undefined ? undefined : parse(content);
}

function writeDraft(path: string, me: Owner): string {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, `${JSON.stringify(me)}\n`, { mode: 0o600, flag: 'wx' });
  return draft;
}

function linkNew(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(content: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(content);
    const whole = typeof value === 'object' && value !== null && 'pid' in value && 'started' in value;
    return whole && typeof value.pid === 'number' && typeof value.started === 'string'
      ? (value as Owner)
      : undefined;
  } catch {
    return undefined;
  }
}
