import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DriverError } from '../driver.js';

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs one system program to its end, without a shell. Throws `DriverError` where it cannot be started or hangs. */
export type Run = (program: string, args: readonly string[], input?: string) => Promise<RunResult>;

/** Below the worker's own limit for a call, so that the message names the program. */
const TIMEOUT_MS = 10_000;

/** A service's PATH often lacks the folders where these programs live. */
const FOLDERS = ['', '/usr/sbin/', '/sbin/'];

const PACKAGES: Record<string, string> = { nft: 'nftables', ip: 'iproute2', conntrack: 'conntrack' };

const missing = (program: string): DriverError =>
  new DriverError(
    'misconfigured',
    `The program ${program} is not on this machine: install the package ${PACKAGES[program] ?? program}.`,
  );

const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/**
 * Standard input as an unnamed file. What Node makes is a socket, and conntrack (and nft with `-j`) open /dev/stdin by its
 * name, which a socket refuses. Undefined where no file can be made.
 */
async function inputFile(input: string): Promise<FileHandle | undefined> {
  const path = join(tmpdir(), `foyer-${randomUUID()}`);
  try {
    const file = await open(path, 'wx+');
    await unlink(path);
    // At a position, so that a program that reads the descriptor itself begins at the beginning too.
    await file.write(input, 0);
    return file;
  } catch {
    return undefined;
  }
}

async function once(path: string, args: readonly string[], input: string): Promise<RunResult> {
  const file = input === '' ? undefined : await inputFile(input);
  try {
    return await spawned(path, args, input, file);
  } finally {
    await file?.close();
  }
}

function spawned(
  path: string,
  args: readonly string[],
  input: string,
  file?: FileHandle,
): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: [file?.fd ?? 'pipe', 'pipe', 'pipe'] });
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new DriverError('timeout', `${path} did not end within ${TIMEOUT_MS / 1000} s.`));
    }, TIMEOUT_MS);
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(late);
      resolve({ code: code ?? -1, stdout, stderr });
    });
    // A program that ends before it has read everything says why by its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** Runs programs on this machine. */
export const runHere: Run = async (program, args, input = '') => {
  for (const folder of FOLDERS) {
    try {
      return await once(folder + program, args, input);
    } catch (error) {
      if (error instanceof DriverError) throw error;
      if (!isAbsent(error)) throw new DriverError('unreachable', `${program} cannot be started.`, error);
    }
  }
  throw missing(program);
};

/** What a failed `nft` or `ip` means for a router admin. */
export function faultOf(program: string, { code, stderr }: RunResult): DriverError {
  const [first = ''] = stderr.trim().split('\n');
  if (/not permitted|must be root|CAP_NET_ADMIN/i.test(stderr)) {
    return new DriverError(
      'not-permitted',
      `${program} is not permitted: give Foyer CAP_NET_ADMIN (systemd: AmbientCapabilities=CAP_NET_ADMIN).`,
    );
  }
  if (/too many open files in system/i.test(stderr)) {
    return new DriverError('busy', 'The set of admitted clients is full.');
  }
  return new DriverError('bad-answer', `${program} failed (exit code ${code}): ${first || 'no message'}`);
}

/** Runs a program whose output is JSON. Undefined where it failed and said `No such` or `does not exist`. */
export async function readJson(run: Run, program: string, args: readonly string[]): Promise<unknown> {
  const result = await run(program, args);
  if (result.code !== 0) {
    if (/no such file|does not exist|cannot find device/i.test(result.stderr)) return undefined;
    throw faultOf(program, result);
  }
  try {
    return JSON.parse(result.stdout.trim() || '[]');
  } catch (error) {
    const text = `${program} did not answer in JSON: install the full ${PACKAGES[program] ?? program}.`;
    throw new DriverError('misconfigured', text, error);
  }
}
