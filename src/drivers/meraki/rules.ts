import type { RulesContext } from '../driver.js';
import type { MerakiFields } from './fields.js';

type Context = Pick<RulesContext<MerakiFields>, 'gateway' | 'guestPort' | 'portalUrl'>;

const originOf = ({ portalUrl, guestPort }: Context): string => portalUrl ?? `http://ADDRESS:${guestPort}`;

/** Where Meraki is to send guests. */
export const splashUrl = (context: Context): string => `${originOf(context)}/enter/${context.gateway}`;

/** What is set in the Dashboard. */
export async function rules(context: RulesContext<MerakiFields>): Promise<string> {
  const origin = originOf(context);
  const host = new URL(origin).hostname;
  return [
    `# Meraki Dashboard, network ${context.fields.networkId}, SSID ${context.fields.ssid}`,
    ...(context.portalUrl === undefined ? ['# Put the address at which guests reach Foyer in ADDRESS.'] : []),
    'Wireless > Access control',
    '  Splash page: Click-through',
    '  Captive portal strength: Block all access until sign-on is complete',
    `  Walled garden: enabled, ${host === 'address' ? 'ADDRESS' : host}`,
    '  Controller disconnection behavior: Restricted',
    '  Client IP assignment: bridge mode (external DHCP server)',
    'Wireless > Splash page',
    `  Custom splash URL: ${splashUrl(context)}`,
    '  Where users go after the splash page: The URL they were trying to fetch',
    '',
  ].join('\n');
}
