import type { FastifyRequest } from 'fastify';
import type { Sealing } from '../../domain/sealing.js';
import { text } from '../pages/form.js';

const QUERY_MOST = 200;
const SEALED_MOST = 2000;

/**
 * Whom somebody looks for is a name or an address, and stands in no address of a page: histories, logs of proxies and
 * `Referer` keep those. A search is sent as a form (`POST /visits/search`) and goes on to an address in which it is sealed,
 * for the login that typed it. So pages, filters, the way back and a reload are links as everywhere, nothing is kept here,
 * and the address says nothing to anybody else, or after the login.
 */
export function createSearchAddress({ sealing }: { sealing: Pick<Sealing, 'seal' | 'unseal'> }) {
  return {
    /** What an address carries as `find`; empty where nothing was typed. */
    seal(request: FastifyRequest, typed: string): string {
      const query = typed.trim().slice(0, QUERY_MOST);
      return query === '' ? '' : sealing.seal('search', request.session.login.digest, query);
    },
    /** The search of an address, `q` empty where it has none; undefined where it is not this login's. */
    read(request: FastifyRequest): { q: string; find: string } | undefined {
      const find = text(request.query, 'find').slice(0, SEALED_MOST);
      if (find === '') return { q: '', find };
      const q = sealing.unseal('search', request.session.login.digest, find);
      return q === undefined ? undefined : { q, find };
    },
  };
}

/** Said where a search is not this login's. */
export const OTHER_SEARCH = {
  text: 'That search was made in another login and cannot be opened here. Type it again.',
  tone: 'warn',
} as const;
