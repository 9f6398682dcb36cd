import { randomBytes } from 'node:crypto';
import type { Config } from './config.js';
import type { Gateway } from './domain/gateway.js';
import { MAIN_SITE } from './domain/id.js';
import { createSealing } from './domain/sealing.js';
import type { AccountedSession, DriverKind } from './drivers/driver.js';
import { drivers } from './drivers/index.js';
import { LANGUAGES } from './http/guest/texts/catalogue.js';
import { createNetwork } from './network.js';
import { createClock } from './redis/clock.js';
import type { RedisConnection } from './redis/connect.js';
import { type PortalAddress, portalOf, putPortal, redisTime, secretFits } from './redis/installation.js';
import { markReplicated } from './redis/scripts.js';
import { createSignals } from './redis/signals.js';
import { createStores } from './redis/stores.js';
import { createRunning } from './running.js';
import { createAudit } from './services/audit.js';
import { createCaptive } from './services/captive.js';
import { createDemo } from './services/demo.js';
import { createDoctor } from './services/doctor.js';
import { createGatewayRegistry } from './services/gateways.js';
import { createHealth } from './services/health.js';
import { createIdentity } from './services/identity.js';
import { createRadius } from './services/radius.js';
import { createReception } from './services/reception.js';
import { createRedeem } from './services/redeem.js';
import { createSettings } from './services/settings.js';
import { createSites } from './services/sites.js';
import { createStaying } from './services/staying.js';
import { createTeam } from './services/team.js';
import { createUnproven } from './services/unproven.js';
import { createUntold } from './services/untold.js';
import { createWayIn } from './services/way-in.js';
import { createWebhookPost } from './services/webhook-post.js';
import type { SenderDeps } from './services/webhook-send.js';
import { createWorker, type Worker } from './services/worker.js';
import { createVisiting } from './visiting.js';

export interface Log {
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}

export interface RuntimeOptions {
  config: Config;
  redis: RedisConnection;
  secret: string;
  log: Log;
  /** Nobody else can use this Redis: a lane that is held was held by a process that is gone. */
  exclusive: boolean;
  /** Epoch milliseconds, in place of the clock that follows Redis. */
  now?: () => number;
  /** May anything be decided now? In place of that clock's own word. */
  decisions?: () => boolean;
  kinds?: ReadonlyMap<string, DriverKind>;
  /** In place of the system's resolver and of the time that a receiver has. */
  webhooks?: Pick<SenderDeps, 'lookup' | 'timeoutMs'>;
}

export type Runtime = Awaited<ReturnType<typeof createRuntime>>;

/** Refused to start, with a message for the operator. */
export class StartError extends Error {}

/** The one place where stores, services, clock and worker are put together. */
export async function createRuntime(options: RuntimeOptions) {
  const { config, log, secret } = options;
  const { client: redis } = options.redis;
  const kinds = options.kinds ?? drivers;
  if (options.redis.durable) markReplicated(redis, options.redis.durable);

  const sealing = createSealing(secret);
  if (!(await secretFits(redis, sealing.digest('check', 'foyer')))) {
    throw new StartError(
      'SECRET is not the one that the data were written under: no PIN could be checked and no gateway credential read. ' +
        'Set SECRET to its former value, or start with an empty DATA_DIR (or Redis).',
    );
  }

  const stores = createStores(redis);
  const { sites, events } = stores;
  const clock = createClock({
    time: () => redisTime(redis),
    monotonic: () => performance.now(),
    wall: () => Date.now(),
    newestEventAt: async () => {
      const newest = await Promise.all((await sites.list()).map((site) => events.newestAt(site)));
      return newest.reduce<number | undefined>(
        (most, at) => (at !== undefined && at > (most ?? 0) ? at : most),
        undefined,
      );
    },
  });
  if (!options.now) await clock.sync();
  const now = options.now ?? clock.now;
  const decisions = options.decisions ?? ((): boolean => options.now !== undefined || clock.status().ok);
  await sites.add(MAIN_SITE, now());

  const { clients, commands, grants, tokens } = stores;
  const accounted = ({ site, id }: Gateway) => stores.sessions.list<AccountedSession>(site, id, now());
  const signals = createSignals(redis);
  const announce = () => signals.send({ type: 'changed' });

  const languages = LANGUAGES.map(({ lang }) => lang);
  const settings = createSettings({
    store: stores.settings,
    sealing,
    machineZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    languages,
    announce,
    now,
  });
  const registry = createGatewayRegistry({
    sites,
    store: stores.gateways,
    events,
    kinds,
    sealing,
    now,
    announce,
  });
  await registry.refresh();

  // Until this process listens itself, as a command never does, the portal is the one that was started last.
  let portal: PortalAddress = (await portalOf(redis)) ?? { port: config.port };
  const guestPort = (): number => portal.port;
  const portalUrl = (): string | undefined => config.portalUrl ?? portal.url;
  const holder = randomBytes(9).toString('base64url');
  const portalOrigin = (): string => portalUrl() ?? `http://localhost:${portal.port}`;
  let worker: Worker | undefined;
  if (config.roles.includes('worker')) {
    if (options.exclusive) {
      for (const gateway of registry.all()) await commands.freeLane(gateway.site, gateway.id);
    }
    worker = createWorker(registry, {
      commands,
      grants,
      clients,
      gateways: stores.gateways,
      tests: stores.gatewayTests,
      now,
      decisions,
      accounted,
      holder,
      guestPort,
      portalUrl,
      onHealthy: (gateway) => {
        // Of one that nobody can be asked about from here, well says nothing yet.
        if (gateway.kind !== 'demo' && registry.capabilitiesOf(gateway)?.orders !== 'browser')
          demo.retire().catch((err: unknown) => log.warn({ err }, 'demo not removed'));
      },
      log,
    });
  }

  const visiting = createVisiting({
    config,
    redis,
    exclusive: options.exclusive,
    stores,
    settings,
    sealing,
    registry,
    signals,
    languages,
    worker,
    portalOrigin,
    decisions,
    now,
    log,
  });
  const { mail, visits, terms, retention, peopleOrigin } = visiting;
  const captive = createCaptive(grants, registry, now);
  const delivers = config.roles.includes('worker');
  const post = createWebhookPost({
    ...stores,
    sealing,
    holder,
    delivers,
    sender: options.webhooks,
    now,
    log,
  });
  const { webhooks } = post;
  const demo = createDemo({ registry, visits, now, log });
  const untold = createUntold({ ...stores, registry, sealing, now });
  const unproven = createUnproven({ gateways: stores.gateways, now, log });
  const radius = createRadius({ ...stores, registry, untold, sealing, decisions, now, log });
  const clockStatus = () => (options.now ? { ok: true, skewMs: 0 } : clock.status());
  const health = createHealth({
    unproven,
    registry,
    worker,
    commands,
    sites,
    tokens,
    visits: stores.visits,
    ping: () => redis.ping(),
    clock: clockStatus,
    now,
  });
  const told = { audit: createAudit({ ...stores, webhooks, settings }), clock: clockStatus, now };
  const services = {
    ...createReception(stores, {
      ...told,
      visits,
      registry,
      settings,
      mail,
      webhooks,
      walkIns: visiting.walkIns,
    }),
    settings,
    registry,
    ...visiting,
    team: createTeam({ ...stores, sealing, now }),
    ...createWayIn({ ...stores, sealing, mail, now, log }),
    captive,
    identity: createIdentity({ registry, clients, gateways: stores.gateways, signals, worker, now }),
    redeem: createRedeem({
      tokens,
      grants,
      settings,
      sealing,
      signals,
      captive,
      registry,
      worker,
      now,
    }),
    staying: createStaying(grants, registry, now),
    untold,
    unproven,
    radius,
    demo,
    webhooks,
    webhookDelivery: post.delivery,
    audit: told.audit,
    sites: createSites({
      sites,
      apiKeys: stores.apiKeys,
      team: stores.team,
      visits: stores.visits,
      events,
      registry,
      settings,
      announce,
      now,
    }),
    ...createNetwork({
      ...{ config, stores, registry, worker, settings, signals, demo, accounted },
      ...{ guestPort, portalUrl, now, log },
    }),
    health,
    doctor: createDoctor({ config, registry, health, guestPort, portalUrl }),
  };

  const running = createRunning({
    config,
    clock,
    stores,
    signals,
    registry,
    worker,
    mail,
    radius,
    retention,
    terms,
    chores: [post],
    log,
  });

  return {
    config,
    sealing,
    now,
    clock,
    stores,
    services,
    worker,
    redis: options.redis,
    /** False while the clock gives no decisions. */
    decisions,
    /** The ports on which routers ask by RADIUS, while any does. */
    radiusPorts: running.radiusPorts,

    guestPort,
    portalUrl,
    /** Is the guests' origin known, or made up from this machine's own names? */
    portalKnown: (): boolean => portalUrl() !== undefined,
    /** The guests' origin, for links; without `PORTAL_URL` a link works on this machine only. */
    portalOrigin,
    /** Origin of the listener for hosts and check-in desks; without `PEOPLE_URL` a link works on this machine only. */
    peopleOrigin,

    /** Begins to listen for signals, to drive gateways, and to keep the timetable. `port`: the guest listener's own. */
    async start(port?: number): Promise<void> {
      if (port !== undefined) {
        portal = { port, ...(config.portalUrl === undefined ? {} : { url: config.portalUrl }) };
        await putPortal(redis, portal);
      }
      await running.start();
    },

    async stop(): Promise<void> {
      services.stream.stop();
      await running.stop();
    },
  };
}
