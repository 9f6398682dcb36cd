import type { Driver, DriverContext, Health } from '../driver.js';
import type { RadiusFields } from './fields.js';
import { radiusSide } from './side.js';
import { vendorOf } from './vendors.js';

const SECRET_LEAST = 16;
const SILENT_AFTER_MS = 24 * 3600_000;
const HOUR_MS = 3600_000;

/** What is wrong with the fields, or could be better. */
function weaknesses({ secret, requireMessageAuthenticator, vendor, reauthenticate }: RadiusFields): string[] {
  return [
    ...(secret.length < SECRET_LEAST
      ? ['The shared secret is short: whoever has seen one packet can find it by trying. Make a longer one.']
      : []),
    ...(requireMessageAuthenticator
      ? []
      : [
          'Packets without Message-Authenticator are answered (CVE-2024-3596): whoever stands between router and Foyer can let devices in. Turn requireMessageAuthenticator on as soon as the router signs.',
        ]),
    ...(reauthenticate === 'coa' && !vendorOf(vendor).reauthenticate
      ? [
          `What has a router of vendor=${vendor} look again is not known: reauthenticate=coa ends the session as disconnect does.`,
        ]
      : []),
  ];
}

export function connect(context: DriverContext<RadiusFields>): Driver {
  const { fields, askedAt, portalUrl, now } = context;
  const { nas, secret, disconnectPort, vendor, reauthenticate } = fields;
  const { probe, ...side } = radiusSide(context, {
    name: 'The router',
    secret,
    nas,
    disconnectPort: disconnectPort === 0 ? undefined : disconnectPort,
    reauthenticate: reauthenticate === 'coa' ? vendorOf(vendor).reauthenticate : undefined,
  });

  async function silence(): Promise<{ never: boolean; words: string[] }> {
    const last = await askedAt?.();
    if (last === undefined)
      return {
        never: true,
        words: [
          `No router has asked by RADIUS yet: set it up as \`foyer gateway rules\` says, and join its Wi-Fi with a phone. If it has been set up: does it ask from an address in nas (${nas.join(', ')}), with the same secret, and may its packets reach this machine (RADIUS_PORT)? Foyer's log names what it does not answer.`,
        ],
      };
    const silentMs = now() - last;
    return {
      never: false,
      words:
        silentMs > SILENT_AFTER_MS
          ? [`No router has asked by RADIUS for ${Math.floor(silentMs / HOUR_MS)} hours: was nobody there?`]
          : [],
    };
  }

  return {
    ...side,
    async check(): Promise<Health> {
      const [{ never, words }, { reached, problems }] = await Promise.all([silence(), probe()]);
      return {
        ok: reached && !never,
        // It is told nothing that it could lose.
        epoch: 'radius',
        problems: [
          ...words,
          ...problems,
          ...weaknesses(fields),
          ...(portalUrl === undefined
            ? ['PORTAL_URL is not set: guests come to the address that the router has, whatever it is.']
            : []),
        ],
      };
    },
  };
}
