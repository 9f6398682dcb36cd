import type { FastifyInstance } from 'fastify';
import type { Runtime } from '../runtime.js';
import { hostName, ownHost } from './own-host.js';

/** Every answer begins these 30 days anew; who gives https up waits no longer than that. */
const HEADER = `max-age=${30 * 86_400}`;

const nameIn = (url: string): string | undefined => hostName(new URL(url).host);

/**
 * Over https a listener of the team and of hosts tells browsers to come by https only; over http a browser would not believe
 * it. Whether it is https is what the socket says, or a proxy that `TRUST_PROXY` names.
 *
 * A browser keeps that for a name with all of its ports, so a name at which something of ours is configured with http is
 * left alone: without `PORTAL_URL` the portal is at localhost, or where another process has it. That is also why the guest listener never says it: visitors come there by http, where a router sends
 * them, before they are online, and a browser that insists on https for that name could not show them the portal any more.
 * Names below and lists that are built into browsers are the operator's to decide: a proxy can say more.
 */
export function strictTransport(
  app: FastifyInstance,
  { config, portalOrigin }: Pick<Runtime, 'config' | 'portalOrigin'>,
  url: string | undefined,
): void {
  const own = ownHost(url);
  const isPlain = (name: string | undefined): boolean =>
    [portalOrigin(), config.adminUrl, config.peopleUrl].some(
      (one) => one?.startsWith('http:') && nameIn(one) === name,
    );
  app.addHook('onSend', async ({ protocol, host }, reply) => {
    if (protocol === 'https' && own(host || undefined) && !isPlain(hostName(host)))
      reply.header('Strict-Transport-Security', HEADER);
  });
}
