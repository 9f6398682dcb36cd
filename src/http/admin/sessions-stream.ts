import type { FastifyInstance } from 'fastify';
import { ABSOLUTE_MS, IDLE_MS } from '../../services/sign-in.js';
import { text } from '../pages/form.js';
import type { AdminDeps } from './deps.js';

const RETRY_MS = 3000;
/** What is not taken in by then is not wanted: bytes. */
const BACKLOG_MOST = 64 * 1024;

/** `/sessions/stream`: server-sent events that say `changed` whenever the pages of the site would look different. */
export async function streamRoutes(app: FastifyInstance, { runtime }: AdminDeps): Promise<void> {
  const { services, stores, now } = runtime;

  // Connections that stay open would hold up the listener's end.
  app.addHook('preClose', async () => services.stream.stop());

  app.get('/sessions/stream', { config: { byItself: true } }, (request, reply) => {
    const { login, person } = request.session;
    const { site } = request.caller;
    const { raw } = reply;
    /** Asking for this keeps no login alive: whoever only looks is idle. */
    const allowed = async (): Promise<boolean> => {
      const found = await stores.logins.find(login.digest);
      if (!found || found.site !== login.site || !(await stores.team.findById(person.id))) return false;
      return now() - found.seenAt < IDLE_MS && now() - found.createdAt < ABSOLUTE_MS;
    };
    const write = (chunk: string): void => {
      if (raw.writableLength > BACKLOG_MOST) raw.destroy();
      else raw.write(chunk);
    };
    const listening = services.stream.listen({
      site,
      login: login.digest,
      since: text(request.query, 'since'),
      changed: () => write('event: changed\ndata: {}\n\n'),
      beat: () => write(': still here\n\n'),
      end: () => raw.end(),
      allowed,
    });
    if (listening.status === 'full') {
      // No number of tries would help: the page falls back to asking now and then.
      return reply.code(429).type('text/plain').send('Too many pages listen already.');
    }
    reply.hijack();
    raw.once('close', listening.stop);
    raw.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
      'X-Content-Type-Options': 'nosniff',
    });
    write(`retry: ${RETRY_MS}\n\n`);
  });
}
