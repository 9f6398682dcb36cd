import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseSiteId, type SiteId } from '../../domain/id.js';
import { type ApiKey, roleAllows, type TeamRole } from '../../domain/team.js';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';

/** Who calls, and for which site. */
export interface Caller {
  role: TeamRole;
  site: SiteId;
  /** For the log: `key:<id>`. */
  by: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The least role that may call this route. */
    role?: TeamRole;
  }
  interface FastifyRequest {
    caller: Caller;
  }
}

const BEARER = /^Bearer +(\S+) *$/i;

/** Every route of this scope needs an API key whose role allows it. */
export function authenticate(app: FastifyInstance, runtime: Runtime): void {
  const { team } = runtime.services;

  async function siteFor(key: ApiKey, named: unknown): Promise<SiteId> {
    if (named === undefined || named === key.site) return key.site;
    if (key.role !== 'owner') throw new AppError('forbidden', "Only an owner's key may name another site.");
    const site = parseSiteId(String(named));
    if (!site || !(await runtime.stores.sites.exists(site))) {
      throw new AppError('not-found', `There is no site "${String(named)}".`);
    }
    return site;
  }

  async function admit(request: FastifyRequest): Promise<void> {
    const [, secret] = BEARER.exec(request.headers.authorization ?? '') ?? [];
    const key = secret === undefined ? undefined : await team.authenticate(secret);
    if (!key) throw new AppError('unauthorized', 'Send an API key: Authorization: Bearer foyer_...');
    const site = await siteFor(key, request.headers['foyer-site']);
    const needs = request.routeOptions.config.role ?? 'desk';
    if (!roleAllows(key.role, needs)) {
      throw new AppError('forbidden', `This needs the role ${needs}; the key has the role ${key.role}.`);
    }
    request.caller = { role: key.role, site, by: `key:${key.id}` };
  }

  async function decide({ method }: FastifyRequest): Promise<void> {
    if (method === 'GET' || method === 'HEAD' || runtime.decisions()) return;
    throw new AppError('unavailable', runtime.clock.status().reason);
  }

  app.decorateRequest('caller');
  app.addHook('onRequest', admit);
  app.addHook('preHandler', decide);
}
