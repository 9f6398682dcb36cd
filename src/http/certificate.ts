import { X509Certificate } from 'node:crypto';
import { createSecureContext, type Server } from 'node:tls';
import type { TlsPair } from '../config.js';
import type { Log } from '../runtime.js';

/** Told of every server that speaks TLS, so that a renewed certificate reaches it. */
export type Secured = (server: Server) => void;

export interface CertificateDeps {
  /** What the listeners begin with. */
  pair: TlsPair;
  /** What the files hold now; undefined where it comes from no file and so cannot change. */
  read: () => TlsPair | { problem: string } | undefined;
  /** Epoch milliseconds. */
  now: () => number;
  log: Log;
  /** How often the files are looked at, in milliseconds. */
  everyMs?: number;
}

export type Certificate = ReturnType<typeof createCertificate>;

const EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
const ENDS_SOON_MS = 14 * DAY_MS;

const endOf = ({ cert }: TlsPair): number => Date.parse(new X509Certificate(cert).validTo);

/**
 * The one certificate of all listeners, renewed while they run. New connections get the new one; those that are open
 * stay as they are. Who renews it writes two files, one after the other, so that what does not fit together is a moment
 * in between as often as a mistake: the old pair stays in force, and the next look finds the rest.
 */
export function createCertificate({ pair, read, now, log, everyMs = EVERY_MS }: CertificateDeps) {
  let current = pair;
  let refused = '';
  let warnedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const servers = new Set<Server>();

  function refuse(problem: string): void {
    if (problem === refused) return;
    refused = problem;
    log.warn(
      { problem },
      'the certificate is not renewed: what its files hold cannot be used, the old one stays',
    );
  }

  function sayIfEnding(): void {
    const end = endOf(current);
    if (end - now() >= ENDS_SOON_MS || now() - warnedAt < DAY_MS) return;
    warnedAt = now();
    const ends = new Date(end).toISOString();
    log.warn({ ends }, end > now() ? 'the certificate ends soon' : 'the certificate has ended');
  }

  /** What the files hold, tried before any server has it, so that either all of them change or none. */
  function readChecked(): TlsPair | { problem: string } | undefined {
    const found = read();
    if (found === undefined || 'problem' in found) return found;
    try {
      createSecureContext(found);
      return found;
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }

  function take(found: TlsPair): void {
    refused = '';
    if (found.cert === current.cert && found.key === current.key) return;
    for (const server of servers) server.setSecureContext(found);
    current = found;
    warnedAt = Number.NEGATIVE_INFINITY;
    log.info({ ends: new Date(endOf(found)).toISOString() }, 'the certificate is renewed');
  }

  function look(): void {
    const found = readChecked();
    if (found && 'problem' in found) refuse(found.problem);
    else if (found) take(found);
    sayIfEnding();
  }

  return {
    secured: ((server) => {
      servers.add(server);
    }) satisfies Secured,
    /** Looks at the files now. */
    look,
    start(): void {
      sayIfEnding();
      timer = setInterval(look, everyMs);
      timer.unref();
    },
    stop: (): void => clearInterval(timer),
  };
}
