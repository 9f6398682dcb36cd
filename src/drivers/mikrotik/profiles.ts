import { DriverError, type Limits } from '../driver.js';
import { type Api, Refusal, type Row } from './api.js';
import { PROFILE } from './menus.js';

/** What a profile with a rate takes over from the one that the gateway has. */
const TAKEN_OVER = [
  'address-list',
  'address-pool',
  'add-mac-cookie',
  'idle-timeout',
  'incoming-packet-mark',
  'keepalive-timeout',
  'open-status-page',
  'outgoing-packet-mark',
  'queue-type',
  'shared-users',
  'status-autorefresh',
  'transparent-proxy',
] as const;

/** `rx/tx` as the router sees it: what the client uploads comes first. 0 is no limit. */
export const rateOf = ({ upKbps = 0, downKbps = 0 }: Limits): string | undefined =>
  upKbps > 0 || downKbps > 0 ? `${upKbps}k/${downKbps}k` : undefined;

/** Rates stand in the profile of a hotspot user, so there is a profile of ours for each pair of rates, made when it is first wanted. */
export function createProfiles(api: Api, base: string) {
  async function make(name: string, rate: string): Promise<string> {
    if (await api.one(`${PROFILE}/${name}`)) return name;
    const model = await api.one(`${PROFILE}/${base}`);
    if (!model)
      throw new DriverError(
        'misconfigured',
        `MikroTik has no hotspot user profile ${base}: make it as \`foyer gateway rules\` prints it.`,
      );
    const taken = TAKEN_OVER.flatMap((key): [string, string][] => {
      const value = model[key];
      return value === undefined ? [] : [[key, value]];
    });
    const values: Row = { ...Object.fromEntries(taken), name, 'rate-limit': rate };
    try {
      await api.add(PROFILE, values);
    } catch (error) {
      // Another order was faster.
      if (!(error instanceof Refusal) || !(await api.one(`${PROFILE}/${name}`))) throw error;
    }
    return name;
  }

  return {
    /** The name of the profile for these limits. */
    async of(limits: Limits): Promise<string> {
      const rate = rateOf(limits);
      if (rate === undefined) return base;
      return make(`foyer-${rate.replace('/', '-')}`, rate);
    },
  };
}
