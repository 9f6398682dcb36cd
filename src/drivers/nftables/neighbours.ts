import { isIP } from 'node:net';
import { plainAddress } from '../../domain/gateway.js';
import { parseMac } from '../../domain/mac.js';
import type { Client } from '../driver.js';
import { type Run, readJson } from './run.js';

interface Row {
  dst?: unknown;
  lladdr?: unknown;
  state?: unknown;
}

function clientOf({ dst, lladdr, state }: Row): Client[] {
  if (typeof dst !== 'string' || typeof lladdr !== 'string' || isIP(dst) === 0) return [];
  // A failed entry may still show the address that it had.
  if (Array.isArray(state) && (state.includes('FAILED') || state.includes('INCOMPLETE'))) return [];
  const mac = parseMac(lladdr);
  return mac ? [{ mac, ip: plainAddress(dst) }] : [];
}

/** The kernel's neighbour table of one interface: IPv4 and IPv6, also entries that were quiet for a while. */
export function createNeighbours(run: Run, device: string) {
  const show = async (...to: string[]): Promise<Client[]> => {
    const rows = await readJson(run, 'ip', ['-j', 'neigh', 'show', ...to, 'dev', device]);
    return Array.isArray(rows) ? rows.flatMap((row: Row) => clientOf(row)) : [];
  };
  return {
    /** In a steady order. */
    all: async (): Promise<Client[]> => (await show()).sort((one, other) => (one.ip < other.ip ? -1 : 1)),

    async find(ip: string): Promise<Client | undefined> {
      const address = plainAddress(ip);
      if (isIP(address) === 0) return undefined;
      const [client] = await show('to', address);
      return client;
    },
  };
}
