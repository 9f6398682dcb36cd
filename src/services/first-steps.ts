import type { SiteId } from '../domain/id.js';
import type { SiteStore } from '../redis/sites.js';
import type { VisitStore } from '../redis/visits.js';
import { DEMO_VISIT } from './demo.js';
import type { GatewayRegistry } from './gateways.js';
import type { SettingsService } from './settings.js';

/** What a new site needs, in the order in which it is done. */
export const FIRST_STEPS = ['site', 'gateway', 'mail', 'visit'] as const;
export type FirstStep = (typeof FIRST_STEPS)[number];

/** `later`: somebody put it off, and is not reminded of it. */
export type StepState = 'done' | 'open' | 'later';

export type FirstSteps = Record<FirstStep, StepState>;

export type FirstStepsService = ReturnType<typeof createFirstSteps>;

export interface FirstStepsDeps {
  settings: Pick<SettingsService, 'read'>;
  registry: Pick<GatewayRegistry, 'ofSite' | 'healthOf'>;
  visits: Pick<VisitStore, 'page'>;
  sites: Pick<SiteStore, 'putOff' | 'putOffStep'>;
  /** Is there a mail server? */
  mails: boolean;
}

export const parseFirstStep = (text: string): FirstStep | undefined =>
  FIRST_STEPS.find((step) => step === text);

/** How far the set-up of a site is: by what is there, not by which pages were seen. */
export function createFirstSteps({ settings, registry, visits, sites, mails }: FirstStepsDeps) {
  return {
    async of(site: SiteId): Promise<FirstSteps> {
      const [{ values }, putOff, { ids }] = await Promise.all([
        settings.read(site),
        sites.putOff(site),
        visits.page(site, { limit: 2 }),
      ]);
      const routers = registry.ofSite(site).filter(({ kind }) => kind !== 'demo');
      const done: Record<FirstStep, boolean> = {
        site: values['site.name'] !== '',
        gateway: routers.some(({ id }) => registry.healthOf(id)?.ok),
        mail: mails,
        visit: ids.some(({ id }) => id !== DEMO_VISIT),
      };
      const state = (step: FirstStep): StepState =>
        done[step] ? 'done' : putOff.includes(step) ? 'later' : 'open';
      return Object.fromEntries(FIRST_STEPS.map((step) => [step, state(step)])) as FirstSteps;
    },

    putOff: (site: SiteId, step: FirstStep): Promise<void> => sites.putOffStep(site, step),
  };
}
