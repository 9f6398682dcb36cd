import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Gateway } from '../../domain/gateway.js';
import { parseGatewayId } from '../../domain/id.js';
import { roleAllows } from '../../domain/team.js';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import type { LaneState } from '../../services/health.js';
import type { QueueStates } from '../../services/queue.js';
import { text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { capabilityWords, hintOf, labelOf } from './gateway-form.js';
import { confirmPage } from './shell.js';
import { healthWord } from './words.js';

export type Described = ReturnType<Runtime['services']['registry']['describe']>;

/** One gateway of the list. */
interface Row {
  gateway: Described;
  label: string;
  lane: LaneState;
  /** Undefined for who may not see it. */
  more: { online: number; queue: QueueStates } | undefined;
}

/** The gateways of the site, and how they are. */
export const gatewaysPage = (data: { rows: Row[] }): Page => ({
  template: 'admin/gateways',
  data: { ...data, healthWord },
});

export interface GatewayPage {
  gateway: Described;
  label: string;
  lane: LaneState;
  online: number;
  queue: QueueStates;
  /** What it can do, in sentences; empty where its kind is not known here. */
  can: string[];
  /** Is there anything to put on the router? */
  hasRules: boolean;
}

/** One gateway. */
export const gatewayPage = (data: GatewayPage): Page => ({
  template: 'admin/gateway',
  data: { ...data, healthWord, labelOf },
});

/** The gateway of the address, in the caller's site. */
export async function findGateway({ services }: Runtime, request: FastifyRequest): Promise<Gateway> {
  const id = parseGatewayId(text(request.params, 'id'));
  const known = () => services.registry.ofSite(request.caller.site).find((one) => one.id === id);
  // Another process may have configured it just now.
  if (id && !known()) await services.registry.refresh();
  const gateway = known();
  if (!gateway) throw new AppError('not-found', 'There is no such gateway (any more).');
  return gateway;
}

/** `/gateways`: which there are, how they are, and their end. */
export async function gatewayListRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { services, stores, now } = runtime;
  const { registry, health, queue } = services;
  const config = { role: 'admin' } as const;

  app.get('/gateways', async (request, reply) => {
    const { site, role } = request.caller;
    await registry.refresh();
    const { gateways: states } = await queue.states(site);
    const rows = await Promise.all(
      registry.ofSite(site).map(async (gateway): Promise<Row> => {
        const counts = states.get(gateway.id);
        return {
          gateway: registry.describe(gateway),
          label: registry.kindOf(gateway)?.label ?? gateway.kind,
          lane: await health.laneOf(site, gateway.id),
          more:
            counts && roleAllows(role, 'admin')
              ? { online: await stores.commands.online(site, gateway.id, now()), queue: counts }
              : undefined,
        };
      }),
    );
    return shell.show(request, reply, gatewaysPage({ rows }));
  });

  app.get('/gateways/:id', { config }, async (request, reply) => {
    const gateway = await findGateway(runtime, request);
    await registry.refresh();
    const kind = registry.kindOf(gateway);
    const { site, id } = gateway;
    const [lane, online, counts] = await Promise.all([
      health.laneOf(site, id),
      stores.commands.online(site, id, now()),
      stores.commands.states(site, id, now()),
    ]);
    const page = gatewayPage({
      gateway: registry.describe(gateway),
      label: kind?.label ?? gateway.kind,
      lane,
      online,
      queue: counts,
      can: kind
        ? capabilityWords(kind, gateway.fields).map((line) =>
            hintOf(line, Object.keys(kind.fields.properties)),
          )
        : [],
      hasRules: kind?.rules !== undefined,
    });
    return shell.show(request, reply, page);
  });

  app.get('/gateways/:id/remove', { config }, async (request, reply) => {
    const { site, id } = await findGateway(runtime, request);
    const online = await stores.commands.online(site, id, now());
    const who = online === 1 ? '1 device is' : `${online} devices are`;
    const page = confirmPage({
      title: `Remove gateway “${id}”?`,
      lines: [
        'Foyer forgets its fields and passwords, and tells it nothing any more. Visitors whom it sends here see that this network is not known.',
        online === 0
          ? 'Nobody is online through it.'
          : `${who} online through it: the gateway goes on to let them through until it ends their sessions by itself. If they are to go now, take them off the network first (Online now).`,
        ...(online > 0 ? ['Their visits and PINs stay.'] : []),
      ],
      action: `/gateways/${id}/remove`,
      button: `Remove “${id}”`,
      back: `/gateways/${id}`,
    });
    return shell.show(request, reply, page);
  });

  app.post('/gateways/:id/remove', { config }, async (request, reply) => {
    const { site, id } = await findGateway(runtime, request);
    await registry.remove(site, id, request.caller.by);
    return shell.goOn(request, reply, '/gateways', { text: `Gateway “${id}” is removed.` });
  });
}
