import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { plainAddress } from '../domain/gateway.js';
import { AppError } from '../errors.js';
import { hostName } from './hijack.js';

const machineHas = (address: string): boolean =>
  Object.values(networkInterfaces()).some((list) =>
    list?.some((one) => plainAddress(one.address) === address),
  );

/** Is this Host header one of the listener's own? `url`: its origin where that is configured, then nothing else is. */
export function ownHost(url: string | undefined): (host: string | undefined) => boolean {
  const configured = url === undefined ? undefined : hostName(new URL(url).host);
  return (header) => {
    const name = hostName(header);
    if (name === undefined) return false;
    if (configured !== undefined) return name === configured;
    if (name === 'localhost') return true;
    const address = plainAddress(name);
    return isIP(address) !== 0 && (address === '127.0.0.1' || address === '::1' || machineHas(address));
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
