import type { Config } from './config.js';
import type { ClientMac, GatewayId } from './domain/id.js';
import type { Sealing } from './domain/sealing.js';
import { compact } from './redis/compact.js';
import { createImportDraftStore } from './redis/import-drafts.js';
import type { RedisClient } from './redis/scripts.js';
import type { Signals } from './redis/signals.js';
import type { Stores } from './redis/stores.js';
import { createBlockList } from './services/block-list.js';
import { createBlocks } from './services/blocks.js';
import { createDesks } from './services/desks.js';
import { createExport } from './services/export.js';
import type { GatewayRegistry } from './services/gateways.js';
import { hostHolder } from './services/host-holder.js';
import { createHosts } from './services/hosts.js';
import { createImport } from './services/import.js';
import { createImportDrafts } from './services/import-drafts.js';
import { createKiosk } from './services/kiosk.js';
import { createMail } from './services/mail.js';
import { createPins } from './services/pins.js';
import { createPrint } from './services/print.js';
import { createPrivacy, type Holder } from './services/privacy.js';
import { createRetention } from './services/retention.js';
import type { SettingsService } from './services/settings.js';
import { createTerms } from './services/terms.js';
import { createVisits } from './services/visits.js';
import { walkInHolder } from './services/walk-in-holder.js';
import { createWalkIns } from './services/walk-ins.js';
import type { Worker } from './services/worker.js';

export interface VisitingDeps {
  config: Config;
  redis: RedisClient;
  /** Nobody else uses this Redis. */
  exclusive: boolean;
  stores: Stores;
  settings: SettingsService;
  sealing: Sealing;
  registry: GatewayRegistry;
  signals: Signals;
  /** Tags of the languages in which visitors can be written to. */
  languages: readonly string[];
  worker: Pick<Worker, 'holds' | 'nudge'> | undefined;
  portalOrigin: () => string;
  decisions: () => boolean;
  now: () => number;
  log: { warn(data: object, message: string): void; error(data: object, message: string): void };
}

/** Visits and all that is around them: mail, desks, walk-ins, files, papers, and what is kept of whom. */
export function createVisiting(deps: VisitingDeps) {
  const { config, redis, stores, settings, sealing, registry, signals, languages, worker } = deps;
  const { portalOrigin, decisions, now, log } = deps;
  const { events, grants, tokens } = stores;

  const mail = createMail({
    ...stores,
    showPin: (site, id) => visits.showPin(site, id),
    settings,
    sealing,
    config,
    portalOrigin,
    signals,
    decisions,
    now,
    log,
  });
  const pins = createPins({ visits: stores.visits, sealing });
  const nudge = async (gateway: GatewayId, mac: ClientMac): Promise<void> => {
    if (worker?.holds(gateway)) worker.nudge(gateway);
    else await signals.send({ type: 'command', gateway, mac });
  };
  const blockList = createBlockList(stores.blocks, now);
  const visits = createVisits({
    languages,
    mailed: mail.announce,
    visits: stores.visits,
    pins,
    grants,
    tokens,
    settings,
    sealing,
    blocked: blockList.problems,
    nudge,
    now,
  });
  const blocks = createBlocks({
    store: stores.blocks,
    list: blockList,
    persons: stores.persons,
    visits,
    settings,
    nudge,
    now,
  });
  /** Stores that hold something about persons beside visits: they take part in search, export, erasure and retention. */
  const holders: Holder[] = [
    mail.holder,
    walkInHolder(stores.walkIns),
    hostHolder({ store: stores.hosts, settings, sealing }),
  ];
  // Another's Redis is not ours to rewrite.
  const rewrite = () => (deps.exclusive ? compact(redis) : Promise.resolve());
  const keeping = { ...stores, blocks, registry, settings, holders, compact: rewrite, now };
  const terms = createTerms({ store: stores.terms, settings, now });
  const peopleScheme = config.tlsCert ? 'https' : 'http';
  const peopleOrigin = (): string => config.peopleUrl ?? `${peopleScheme}://localhost:${config.peoplePort}`;
  const walkIns = createWalkIns({
    ...{ store: stores.walkIns, settings, terms, pins, registry, sealing, nudge, now },
    ...{ blocked: blockList.problemsOfMany, mail, peopleOrigin },
  });

  const hosts = createHosts({
    store: stores.hosts,
    sites: stores.sites,
    stored: stores.visits,
    visits,
    mail,
    settings,
    sealing,
    peopleOrigin,
    now,
  });
  return {
    hosts,
    visits,
    mail,
    peopleOrigin,
    imports: createImport({
      batch: stores.visitBatch,
      pins,
      settings,
      sealing,
      languages,
      blocked: blockList.problemsOfMany,
      mailed: mail.announce,
      now,
    }),
    importDrafts: createImportDrafts({ store: createImportDraftStore(redis), sealing, now }),
    exports: createExport({ visits, events, now }),
    print: createPrint({ visits, settings, events, portalOrigin, now }),
    desks: createDesks({ ...stores, sealing, now }),
    kiosk: createKiosk({ desks: stores.desks, visits, settings, sealing, now }),
    walkIns,
    terms,
    blocks,
    privacy: createPrivacy({ ...keeping, stored: stores.visits, visits }),
    retention: createRetention(keeping),
    holders,
  };
}
