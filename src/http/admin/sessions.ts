import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Grant } from '../../domain/grant.js';
import { parseGatewayId, parseRecordId } from '../../domain/id.js';
import type { Visit } from '../../domain/visit.js';
import { AppError } from '../../errors.js';
import { faultWords } from '../../services/fault-words.js';
import type { OnlineGateway } from '../../services/online.js';
import { text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { extendBy } from './extensions.js';
import { confirmPage } from './shell.js';
import { grantWord, healthWord } from './words.js';

export interface SessionsPage {
  gateways: OnlineGateway[];
  /** Only this one is shown, from there on. */
  only: { gateway: string; from: number } | undefined;
  /** Where changes are told. */
  stream: string;
}

/** Who is online, by gateway. */
export const sessionsPage = (data: SessionsPage): Page => ({
  template: 'admin/sessions',
  data: { ...data, grantWord, healthWord, faultWords },
});

/** Of each gateway where all are shown; of one, a page of it. */
const SHOWN_OF_EACH = 50;
const SHOWN_OF_ONE = 200;
const EXTEND_MINUTES = 30;

/** `/sessions`: who is online. */
export async function sessionRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { services, stores } = runtime;

  /** The grant of the address, and its visit. */
  async function find(request: FastifyRequest): Promise<{ grant: Grant; visit: Visit | undefined }> {
    const id = parseRecordId(text(request.params, 'grant'));
    const { site } = request.caller;
    const grant = id === undefined ? undefined : await stores.grants.find(site, id);
    if (!grant) throw new AppError('not-found', 'This access is over, and its record is gone.');
    return { grant, visit: await services.visits.find(site, grant.visitId) };
  }

  app.get('/sessions', async (request, reply) => {
    const { site } = request.caller;
    const gateway = parseGatewayId(text(request.query, 'gateway'));
    const from = Math.max(0, Number.parseInt(text(request.query, 'from'), 10) || 0);
    // Before it is read: what changes meanwhile is told again.
    const mark = await services.stream.mark(site);
    const gateways = await services.online.ofSite(
      site,
      gateway ? { gateway, from, limit: SHOWN_OF_ONE } : { limit: SHOWN_OF_EACH },
    );
    const only = gateway && { gateway, from };
    return shell.show(
      request,
      reply,
      sessionsPage({ gateways, only, stream: `/sessions/stream?since=${mark}` }),
    );
  });

  app.get('/sessions/:grant/revoke', async (request, reply) => {
    const { grant, visit } = await find(request);
    const words = await shell.wordsFor(request);
    const who = visit ? `The device of ${visit.name}` : 'The device';
    const lines = [
      `${who} (${grant.mac}) goes off the network at gateway “${grant.gateway}” now, in place of ${words.clock(grant.until)}.`,
      'Its PIN goes on to work: with it the visitor can come back. To keep somebody out, cancel the visit.',
      ...(await services.staying(request.caller.site, grant.visitId)),
    ];
    const page = confirmPage({
      title: 'Take this device off the network?',
      lines,
      action: `/sessions/${grant.id}/revoke`,
      button: 'Take it off the network',
      back: '/sessions',
    });
    return shell.show(request, reply, page);
  });

  app.post('/sessions/:grant/revoke', async (request, reply) => {
    const { grant, visit } = await find(request);
    const { site, by } = request.caller;
    await services.visits.revokeGrant(site, grant.id, by);
    const stays = await services.staying(site, grant.visitId);
    const who = visit ? `The device of ${visit.name}` : 'The device';
    return shell.goOn(request, reply, '/sessions', {
      text: stays[0] ?? `${who} goes off the network now.`,
      ...(stays.length > 0 ? { tone: 'warn' as const } : {}),
    });
  });

  app.post('/sessions/:grant/extend', async (request, reply) => {
    const { grant, visit } = await find(request);
    if (!visit) throw new AppError('not-found', 'The visit of this device is gone.');
    const { site, by, role } = request.caller;
    const change = extendBy(visit, EXTEND_MINUTES, runtime.now());
    const done = await services.visits.change(site, visit.id, change, by, role);
    switch (done.status) {
      case 'changed': {
        const words = await shell.wordsFor(request);
        const end = (await stores.grants.find(site, grant.id))?.until ?? grant.until;
        return shell.goOn(request, reply, '/sessions', {
          text: `${visit.name} stays online until ${words.clock(end)}.`,
        });
      }
      case 'invalid':
        return shell.goOn(request, reply, '/sessions', {
          text: done.problems.map(({ message }) => message).join(' '),
          tone: 'bad',
        });
      case 'refused':
        throw new AppError(done.why);
      case 'unknown':
        throw new AppError('not-found');
    }
  });
}
