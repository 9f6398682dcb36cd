import { networkInterfaces } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { plainAddress } from '../domain/gateway.js';
import { AppError } from '../errors.js';

const ADDRESSES_KEPT_MS = 10_000;

const machineAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => plainAddress(address)));

/** The name in a Host header: no port, no trailing dot, no brackets, lower case. Undefined where it is malformed. */
export function hostName(host: string | undefined): string | undefined {
  if (host === undefined) return undefined;
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+?))\.?(?::\d{0,5})?$/i.exec(host);
  const [, ipv6, name] = match ?? [];
  if (ipv6 === undefined) return name?.toLowerCase();
  const url = `http://[${ipv6}]/`;
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined;
}

/** Is this Host header one of the listener's own? `arrivedAt`: the address on this side of the connection. */
export type OwnHost = (header: string | undefined, arrivedAt?: string) => boolean;

/**
 * Hosts compare by name, whatever the port. `url`: the listener's origin where that is configured, then nothing else is
 * its own; without it localhost and this machine's addresses are.
 */
export function ownHost(url: string | undefined, addresses = machineAddresses): OwnHost {
  const configured = url === undefined ? undefined : hostName(new URL(url).host);
  let known: ReadonlySet<string> = new Set();
  let knownAt = Number.NEGATIVE_INFINITY;

  function ownNames(): ReadonlySet<string> {
    if (performance.now() - knownAt > ADDRESSES_KEPT_MS) {
      known = new Set(['localhost', '127.0.0.1', '::1', ...addresses()]);
      knownAt = performance.now();
    }
    return known;
  }

  return (header, arrivedAt) => {
    const name = hostName(header);
    if (name === undefined) return false;
    if (configured !== undefined) return name === configured;
    return ownNames().has(name) || (arrivedAt !== undefined && name === plainAddress(arrivedAt));
  };
}

/**
 * Refuses every request for another host with 421: a page elsewhere whose name was pointed at this machine must not
 * reach what only the operator may.
 */
export function onlyOwnHost(app: FastifyInstance, url: string | undefined): void {
  const own = ownHost(url);
  app.addHook('onRequest', async (request) => {
    if (!own(request.host || undefined)) {
      throw new AppError(
        'wrong-host',
        'Ask for this listener by its own name or address; ADMIN_URL and PEOPLE_URL set it.',
      );
    }
  });
}
