import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ClientMac, type GatewayId, parseGatewayId } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import { AppError } from '../../errors.js';
import { QUEUE_STATES, type QueueState } from '../../redis/commands.js';
import type { QueueStates, ShownCommand } from '../../services/queue.js';
import { text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { confirmPage } from './shell.js';

/** One gateway's commands in the chosen state. */
interface Lane {
  id: GatewayId;
  states: QueueStates;
  items: ShownCommand[];
  next: number | null;
}

export interface QueuePage {
  state: QueueState;
  counts: QueueStates;
  lanes: Lane[];
  /** Only this gateway is shown, from there on. */
  only: { gateway: GatewayId; from: number } | undefined;
}

const STATE_WORDS: Readonly<Record<QueueState, { text: string; hint: string }>> = {
  due: {
    text: 'Due',
    hint: 'Waiting for their turn. That takes less than a second where the gateway is well.',
  },
  claimed: { text: 'Being carried out', hint: 'The gateway is being told just now.' },
  retrying: { text: 'Retrying', hint: 'They failed, and are tried again by themselves.' },
  dead: {
    text: 'Put aside',
    hint: 'They failed for a reason that trying again does not mend by itself. When the gateway is well again they are tried once more.',
  },
};

/** Commands that wait, by what they wait for. */
export const queuePage = (data: QueuePage): Page => ({
  template: 'admin/queue',
  data: { ...data, states: QUEUE_STATES.map((id) => ({ id, ...STATE_WORDS[id] })) },
});

const SHOWN = 50;
const STATE_OF = (value: string): QueueState | undefined => QUEUE_STATES.find((state) => state === value);

/** `/queue`: what gateways are still to be told. */
export async function queueRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { queue, registry } = runtime.services;
  const config = { role: 'admin' } as const;

  /** The gateway that a form names, and where to go back to. */
  function laneOf(request: FastifyRequest): { gateway: GatewayId; back: string } {
    const gateway = parseGatewayId(text(request.body, 'gateway'));
    if (!gateway || registry.get(gateway)?.site !== request.caller.site)
      throw new AppError('not-found', 'There is no such gateway (any more).');
    const state = STATE_OF(text(request.body, 'state')) ?? 'dead';
    return { gateway, back: `/queue?state=${state}` };
  }

  /** The command that a form names: hardware addresses stand in no URL. */
  function commandOf(request: FastifyRequest): { mac: ClientMac; version: number } {
    const mac = parseMac(text(request.body, 'mac'));
    const version = Number(text(request.body, 'version'));
    if (!mac || !Number.isSafeInteger(version)) throw new AppError('not-found', 'There is no such command.');
    return { mac, version };
  }

  app.get('/queue', { config }, async (request, reply) => {
    const { site } = request.caller;
    const { all, gateways } = await queue.states(site);
    const state =
      STATE_OF(text(request.query, 'state')) ?? QUEUE_STATES.findLast((one) => all[one] > 0) ?? 'dead';
    const gateway = parseGatewayId(text(request.query, 'gateway'));
    const from = Math.max(0, Number.parseInt(text(request.query, 'from'), 10) || 0);
    const only = gateway && gateways.has(gateway) ? { gateway, from } : undefined;
    const shown = [...gateways].filter(([id]) => !only || id === only.gateway);
    const lanes = await Promise.all(
      shown.map(async ([id, states]): Promise<Lane> => {
        const page = { state, from: only?.from ?? 0, limit: SHOWN };
        return { id, states, ...(await queue.list(site, id, page)) };
      }),
    );
    return shell.show(request, reply, queuePage({ state, counts: all, lanes, only }));
  });

  app.post('/queue/retry', { config }, async (request, reply) => {
    const { gateway, back } = laneOf(request);
    const { site, by } = request.caller;
    if (text(request.body, 'all') !== '') {
      const tried = await queue.retryDead(site, gateway, by);
      const flash = tried === 1 ? '1 command is tried again.' : `${tried} commands are tried again.`;
      return shell.goOn(request, reply, back, { text: flash });
    }
    const tried = await queue.retry(site, gateway, commandOf(request).mac, by);
    return shell.goOn(
      request,
      reply,
      back,
      tried
        ? { text: `It is tried again now at gateway “${gateway}”.` }
        : { text: 'It is not there any more: it went through, or is being carried out.', tone: 'warn' },
    );
  });

  app.post('/queue/discard', { config }, async (request, reply) => {
    const { gateway, back } = laneOf(request);
    const { site, by } = request.caller;
    const { mac, version } = commandOf(request);
    if (text(request.body, 'sure') === '') {
      const lets = text(request.body, 'lets') !== '';
      const page = confirmPage({
        title: 'Give this command up?',
        lines: [
          `Gateway “${gateway}” is then left as it is for the device ${mac}, and nobody tells it anything.`,
          lets
            ? 'The device stays out until it comes to the PIN page again; then it is tried once more. Its grant stays.'
            : 'Where the gateway still lets the device through, Foyer finds that the next time it reads the gateway’s list, within a minute, and begins again. A gateway that lists nobody lets it through until it ends the session by itself.',
        ],
        action: '/queue/discard',
        button: 'Give it up',
        fields: { gateway, mac, version: String(version), state: text(request.body, 'state'), sure: '1' },
        back,
      });
      return shell.show(request, reply, page);
    }
    const flashes = {
      discarded: { text: `Given up. Gateway “${gateway}” is left as it is.` },
      busy: { text: 'It is being carried out just now. Look again in a moment.', tone: 'warn' },
      gone: { text: 'It is not there any more, or something else is decided by now.', tone: 'warn' },
    } as const;
    return shell.goOn(
      request,
      reply,
      back,
      flashes[await queue.discard(site, gateway, { mac, version }, by)],
    );
  });
}
