import { type Driver, type DriverContext, DriverError, type Health } from '../driver.js';
import { asks, type OpenNdsFields } from './fields.js';

/** authmon of 9.10 asks every 10 s unless told otherwise. */
const ASKS_EVERY_MS = 10_000;
const SILENT_AFTER_MS = 3 * ASKS_EVERY_MS;
/** A `faskey` that can be found by trying gives away how to be let in. */
const FASKEY_LEAST = 16;

const cannotTell = async (): Promise<never> => {
  throw new DriverError('not-supported', 'openNDS cannot be told from afar.');
};

/** A router that Foyer cannot reach: a browser carries the word, or the router asks. */
export function connectAfar({ fields, askedAt, portalUrl, now }: DriverContext<OpenNdsFields>): Driver {
  const began = now();
  const asking = asks(fields);
  const unsafe =
    asking && !portalUrl?.startsWith('https:')
      ? `At level ${fields.level} openNDS sends guests to https only: set PORTAL_URL to an https:// address, with TLS_CERT and TLS_KEY.`
      : undefined;
  const noted = asking
    ? []
    : [
        ...(portalUrl === undefined
          ? ['PORTAL_URL is not set: guests come to the address that the router has, whatever it is.']
          : []),
        'This router cannot be asked anything from here: join its Wi-Fi with a phone, and see whether it comes to the PIN page and online.',
      ];
  const weak =
    fields.faskey.length < FASKEY_LEAST
      ? [
          'The faskey is short: whoever has seen one link of the router can find it by trying. Make a longer one.',
        ]
      : [];

  /** Says undefined while all is well. */
  async function silence(): Promise<string | undefined> {
    const last = await askedAt?.();
    const silentMs = now() - (last ?? began);
    if (silentMs <= SILENT_AFTER_MS && last !== undefined) return undefined;
    const advice =
      'On the router look at `systemctl status opennds` and its log (level 3 needs php-cli, and a certificate that the router trusts).';
    return last === undefined
      ? `openNDS has not asked yet: its authmon does so every few seconds. ${advice}`
      : `openNDS has not asked for ${Math.round(silentMs / 1000)} s: its authmon or the daemon has stopped. ${advice}`;
  }

  return {
    authorize: cannotTell,
    deauthorize: cannotTell,
    async check(): Promise<Health> {
      const problem = unsafe ?? (asking ? await silence() : undefined);
      return {
        ok: problem === undefined,
        epoch: 'afar',
        problems: [...(problem ? [problem] : []), ...weak, ...noted],
      };
    },
    close: async () => undefined,
  };
}
