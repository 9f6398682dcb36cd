import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The secret of a data folder: 64 hexadecimal characters in `<dataDir>/secret`, made on the first call. Two
 * processes that make it at once agree on one. Throws where the folder cannot be written or the file holds
 * something else.
 */
export async function loadOrMakeSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, 'secret');
  const existing = await read(path);
  if (existing !== undefined) return existing;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const draft = join(dataDir, `.secret-${process.pid}-${randomBytes(4).toString('hex')}`);
  await writeFile(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  // A link appears whole or not at all and never replaces: a crash cannot leave half a secret behind.
  await link(draft, path)
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    })
    .finally(() => unlink(draft));
  const made = await read(path);
  if (made === undefined) throw new Error(`${path} vanished while it was made`);
  return made;
}

async function read(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const secret = text.trim();
  if (Buffer.byteLength(secret) < 32)
    throw new Error(`${path} holds no secret of at least 32 bytes; put the right one back, or set SECRET`);
  await chmod(path, 0o600).catch(() => undefined);
  return secret;
}
