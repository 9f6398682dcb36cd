import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { HealthService, Numbers } from '../services/health.js';

/** `/healthz`, `/readyz`, `/metrics`: what monitors ask. No key, since the listener is not for guests. */
export async function opsRoutes(app: FastifyInstance, { health }: { health: HealthService }): Promise<void> {
  const metrics = createMetrics();
  app.addHook('onClose', async () => metrics.registry.clear());

  app.get('/healthz', async (_, reply) => reply.type('text/plain; charset=utf-8').send('ok'));

  app.get('/readyz', async (_, reply) => {
    const readiness = await health.readiness();
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });

  app.get('/metrics', async (_, reply) => {
    metrics.take(await health.numbers());
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge<L>({ name, help, labelNames, registers: [registry] });

  const redisUp = gauge('foyer_redis_up', 'Whether Redis answers');
  const skew = gauge('foyer_clock_skew_seconds', "This machine's clock minus the time of Redis");
  const up = gauge('foyer_gateway_up', 'Whether the gateway passed its last check', ['gateway', 'site']);
  const queue = gauge('foyer_queue', 'Commands in the lane of a gateway', ['gateway', 'state']);
  const online = gauge('foyer_grants', 'Clients that may pass the gateway by what is decided', [
    'gateway',
    'site',
  ]);
  const unproven = new Counter({
    name: 'foyer_unproven_total',
    help: 'Redirects that could not be proven to be of the client they name',
    labelNames: ['gateway', 'site'] as const,
    registers: [registry],
  });
  const visits = gauge('foyer_visits', 'Visits that are kept', ['site']);
  const spent = gauge('foyer_pin_budget_spent', 'Whether the budget for wrong PINs is spent', ['site']);

  return {
    registry,
    take(numbers: Numbers): void {
      for (const one of [up, queue, online, unproven, visits, spent]) one.reset();
      redisUp.set(numbers.redisUp ? 1 : 0);
      skew.set(numbers.clockSkewSeconds);
      for (const { id, site, up: isUp, queue: counts, ...more } of numbers.gateways) {
        up.set({ gateway: id, site }, isUp ? 1 : 0);
        online.set({ gateway: id, site }, more.online);
        unproven.inc({ gateway: id, site }, more.unproven);
        for (const [state, count] of Object.entries(counts)) queue.set({ gateway: id, state }, count);
      }
      for (const { id, visits: count, guessingBudgetSpent } of numbers.sites) {
        visits.set({ site: id }, count);
        spent.set({ site: id }, guessingBudgetSpent ? 1 : 0);
      }
    },
  };
}
