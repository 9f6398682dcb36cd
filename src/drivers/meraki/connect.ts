import { type Driver, type DriverContext, DriverError, type Health } from '../driver.js';
import { createDashboard, type Splash, type Ssid } from './dashboard.js';
import type { MerakiFields } from './fields.js';
import { createLooks } from './looks.js';
import { splashUrl } from './rules.js';

const CLICK_THROUGH = 'Click-through splash page';

interface Found {
  splash: Splash;
  ssid: Ssid;
}

/** Does the splash page lead to this gateway? Its origin counts where Foyer knows its own. */
function leadsHere(found: string | undefined, wanted: string, portalUrl: string | undefined): boolean {
  if (found === undefined || !URL.canParse(found)) return false;
  const [there, here] = [new URL(found), new URL(wanted)];
  return there.pathname === here.pathname && (portalUrl === undefined || there.origin === here.origin);
}

/** What keeps guests from being let in. */
function faultsOf({ splash, ssid }: Found, context: DriverContext<MerakiFields>): string[] {
  const { number, wanted } = { number: context.fields.ssid, wanted: splashUrl(context) };
  return [
    ...(ssid.enabled ? [] : [`SSID ${number} (${ssid.name}) is off: enable it under Wireless > SSIDs.`]),
    ...(splash.page === CLICK_THROUGH
      ? []
      : [
          `SSID ${number} (${ssid.name}) has "${splash.page}" for its splash page: choose Click-through under Wireless > Access control.`,
        ]),
    ...(leadsHere(splash.url, wanted, context.portalUrl)
      ? []
      : [
          `The splash page of SSID ${number} (${ssid.name}) leads to ${splash.url ?? 'Meraki’s own page'}: set the custom splash URL under Wireless > Splash page to ${wanted}.`,
        ]),
    ...(splash.redirects
      ? [
          'After the splash page guests are sent to another address, and do not come back to Foyer: choose "The URL they were trying to fetch" under Wireless > Splash page.',
        ]
      : []),
  ];
}

/** What lets more pass than an admin may think. */
const notesOf = ({ splash, ssid }: Found): string[] => [
  ...(splash.blocksAll
    ? []
    : [
        'Before the PIN everything but the web passes: set captive portal strength to "Block all access until sign-on is complete" under Wireless > Access control.',
      ]),
  ...(splash.openWhenAway
    ? [
        'While the access points do not reach Meraki everybody passes: set the controller disconnection behavior to Restricted under Wireless > Access control.',
      ]
    : []),
  ...(ssid.walledGarden
    ? []
    : [
        'The walled garden is empty: enter this portal’s address under Wireless > Access control, or guests do not reach the PIN page.',
      ]),
  ...(ssid.nat
    ? ['The SSID is in NAT mode: Foyer sees the access point’s address in place of its guests’.']
    : []),
];

export function connect(context: DriverContext<MerakiFields>, perSecond: number): Driver {
  const { fields, now, timeoutMs } = context;
  const dashboard = createDashboard({ fields, now, timeoutMs, perSecond });
  const looks = createLooks(dashboard, now);
  /** The Dashboard lists clients by the name of their SSID. */
  let ssidName: string | undefined;

  return {
    async authorize() {
      throw new DriverError('not-supported', 'At Meraki the visitor’s own browser opens the way.');
    },

    async deauthorize({ mac }) {
      await dashboard.revoke(looks.idOf(mac));
      looks.ended(mac);
    },

    async sessions() {
      ssidName ??= (await dashboard.ssid()).name;
      return looks.sessions(ssidName);
    },

    async check(): Promise<Health> {
      try {
        const splash = await dashboard.splash();
        const ssid = await dashboard.ssid();
        ssidName = ssid.name;
        const faults = faultsOf({ splash, ssid }, context);
        const notes = notesOf({ splash, ssid });
        return { ok: faults.length === 0, epoch: 'dashboard', problems: [...faults, ...notes] };
      } catch (error) {
        if (!(error instanceof DriverError)) throw error;
        return { ok: false, epoch: 'dashboard', problems: [error.message] };
      }
    },

    close: dashboard.close,
  };
}
