import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { GuestContext } from './context.js';
import { notFoundPage } from './notices.js';
import { show } from './views.js';

export const CAPTIVE_API_ROUTE = '/captive-portal/api';

const TYPE = 'application/captive+json';
/** Clients read it into 32 bits. */
const SECONDS_AT_MOST = 2 ** 31 - 1;

const Query = Type.Object({}, { additionalProperties: true });

/** RFC 8908. What cannot be known is never guessed: 503, and the client falls back to its own probes. */
export function captiveApiRoutes(app: FastifyInstance, context: GuestContext): void {
  const { config, services, now } = context.deps;
  const { portalUrl } = config;

  app.get(CAPTIVE_API_ROUTE, { schema: { querystring: Query } }, answer);

  async function answer(request: FastifyRequest, reply: FastifyReply) {
    if (!portalUrl?.startsWith('https:')) return show(reply, 404, notFoundPage(await context.look(request)));
    const accept = request.headers.accept ?? '';
    reply.header('vary', 'accept');
    // RFC 8910, 2: a person who opens the address gets the page.
    if (accept.includes('text/html') && !accept.includes(TYPE)) return reply.redirect(`${portalUrl}/`, 302);

    const located = await services.identity.locate(context.source(request));
    const captive = { captive: true, 'user-portal-url': `${portalUrl}/` };
    if (located.status === 'unknown') return send(reply, captive);
    if (located.status !== 'found') return captiveApiFault(reply);
    const state = await services.captive(located.client.gateway, located.client.mac);
    if (state.state !== 'online') return send(reply, captive);
    const seconds = Math.min(Math.floor((state.until - now()) / 1000), SECONDS_AT_MOST);
    return send(reply, {
      captive: false,
      'user-portal-url': `${portalUrl}/status`,
      'seconds-remaining': seconds,
      'can-extend-session': false,
    });
  }
}

/** As bytes: Fastify would add a charset to text, and some clients compare the type as a whole. */
const send = (reply: FastifyReply, answer: object): FastifyReply =>
  reply.type(TYPE).send(Buffer.from(JSON.stringify(answer)));

/** The truth is not to be had. */
export const captiveApiFault = (reply: FastifyReply): FastifyReply =>
  reply.code(503).header('retry-after', '5').type('text/plain; charset=utf-8').send('unknown\n');
