import type { Config } from './config.js';
import { startTimetable } from './cron.js';
import type { Clock } from './redis/clock.js';
import type { Signals } from './redis/signals.js';
import type { Stores } from './redis/stores.js';
import type { GatewayRegistry } from './services/gateways.js';
import type { MailService } from './services/mail.js';
import type { RadiusService } from './services/radius.js';
import type { RetentionService } from './services/retention.js';
import type { TermsService } from './services/terms.js';
import type { Worker } from './services/worker.js';

const REFRESH_MS = 5000;

export interface RunningDeps {
  config: Config;
  clock: Clock;
  stores: Stores;
  signals: Signals;
  registry: GatewayRegistry;
  worker: Worker | undefined;
  mail: MailService;
  radius: RadiusService;
  retention: RetentionService;
  terms: TermsService;
  /** Work of its own rhythm, in the order in which it begins. */
  chores: readonly { soon(): void; stop(): Promise<void> }[];
  log: { warn(data: object, message: string): void };
}

/** What goes on by itself while the product runs: signals of other processes, gateways, chores, the timetable. */
export function createRunning(deps: RunningDeps) {
  const { config, clock, stores, signals, registry, worker, mail, radius, retention, terms, chores, log } =
    deps;
  const { radiusHost: host, radiusPort, radiusAccountingPort } = config;
  const asked = config.roles.includes('guest')
    ? radius.listener({ host, port: radiusPort, accountingPort: radiusAccountingPort })
    : undefined;
  let looking: NodeJS.Timeout | undefined;
  let stopTimetable: (() => Promise<void>) | undefined;

  const follow = async (): Promise<void> => {
    await registry.refresh();
    await worker?.sync();
    await asked?.follow();
  };
  const stale = (error: unknown) => log.warn({ err: error }, 'configuration not read');

  return {
    /** The ports on which routers ask by RADIUS, while any does. */
    radiusPorts: () => asked?.bound(),

    async start(): Promise<void> {
      await signals.listen((signal) => {
        if (signal.type === 'changed') follow().catch(stale);
        else if (signal.type === 'mail') mail.soon();
        else if (signal.type === 'command') worker?.nudge(signal.gateway);
        else if (signal.type === 'test')
          follow()
            .then(() => worker?.test(signal.gateway, signal.order, signal.mac))
            .catch(stale);
        else if (signal.type === 'resolve')
          worker?.resolveFor(signal.gateway, signal.order, signal.via).catch(stale);
        else worker?.find(signal.gateway, signal.ip).catch(stale);
      });
      // Terms that were saved before they had numbers get one.
      for (const site of await stores.sites.list()) await terms.current(site);
      await worker?.sync();
      await asked?.follow();
      for (const chore of chores) chore.soon();
      mail.start();
      looking = setInterval(() => follow().catch(stale), REFRESH_MS);
      stopTimetable = startTimetable(
        [
          {
            name: 'clock',
            expression: '* * * * *',
            run: () => clock.sync(),
            leaseMs: 'process',
          },
          {
            name: 'sweep',
            expression: '17 * * * *',
            leaseMs: 10 * 60_000,
            run: async () => {
              for (const site of await stores.sites.list()) await retention.sweep(site);
            },
          },
        ],
        stores.leases,
        (entry, err) => log.warn({ entry, err }, 'timetable entry failed'),
      );
    },

    async stop(): Promise<void> {
      clearInterval(looking);
      await stopTimetable?.();
      await Promise.all(chores.map((chore) => chore.stop()));
      await mail.stop();
      await worker?.stop();
      await asked?.close();
      signals.close();
    },
  };
}
