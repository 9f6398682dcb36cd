import { type Client, DriverError, type Health } from '../driver.js';
import type { Api, ZoneSettings } from './api.js';

/** What is wrong with the router, in words. */

type Asked = Pick<Api, 'zones' | 'service' | 'settings'> & { neighbours(): Promise<Client[]> };

/**
 * Sessions stand in a file and outlive a restart (where /var is a RAM disk they do not), so that there is nothing to tell one
 * life of the router from the next: a router that was away is compared anyway once it is back.
 */
const EPOCH = 'opnsense';

function zoneFaults(zones: ReadonlyMap<number, string>, zone: number): string[] {
  if (zones.has(zone)) return [];
  const there = [...zones].map(([number, name]) => `${number} (${name})`).join(', ');
  return [
    there
      ? `OPNsense has no zone ${zone}. It has ${there}: set the field zone to one of these.`
      : 'OPNsense has no captive portal zone yet: make one under Services > Captive Portal > Administration.',
  ];
}

const STOPPED: Readonly<Record<string, string>> = {
  stopped:
    'OPNsense’s captive portal is stopped, so that it redirects nobody: start it under Services > Captive Portal.',
  disabled:
    'No zone of OPNsense’s captive portal is enabled: enable that of the guests under Services > Captive Portal > Administration, and apply.',
};

function serviceFaults(status: string): string[] {
  if (status === 'running') return [];
  return [
    STOPPED[status] ??
      'OPNsense does not say that its captive portal is running: look at its log file there.',
  ];
}

const settingFaults = (settings: ZoneSettings | undefined, zone: number): string[] =>
  settings?.enabled === false
    ? [
        `Zone ${zone} of OPNsense is not enabled: enable it under Services > Captive Portal > Administration, and apply.`,
      ]
    : [];

/** Said, and no reason to let nobody in. */
const OPEN =
  'The zone asks nobody for a password, so that any guest may let himself in at OPNsense, past Foyer: set "Authenticate using" of the zone to a server, for example Local Database.';

function messageOf(error: unknown): string {
  if (error instanceof DriverError) return error.message;
  throw error;
}

export async function check({ zones, service, settings, neighbours }: Asked, zone: number): Promise<Health> {
  let open = false;
  const asked = await Promise.allSettled([
    zones().then((found) => zoneFaults(found, zone)),
    service().then(serviceFaults),
    settings().then((found) => {
      open = found?.open ?? false;
      return settingFaults(found, zone);
    }),
    neighbours().then(() => []),
  ]);
  const faults = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : [messageOf(one.reason)]));
  const problems = [...new Set([...faults, ...(open ? [OPEN] : [])])];
  return { ok: faults.length === 0, epoch: EPOCH, problems };
}
