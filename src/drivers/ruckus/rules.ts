import type { RulesContext } from '../driver.js';
import type { RuckusFields } from './fields.js';

/** What is set at the controller. */
export async function rules(context: RulesContext<RuckusFields>): Promise<string> {
  const { fields, gateway, guestPort, portalUrl } = context;
  const origin = portalUrl ?? `http://ADDRESS:${guestPort}`;
  const login = `${origin}/enter/${gateway}`;
  const heading =
    portalUrl === undefined ? ['# Put the address at which guests reach Foyer in ADDRESS.'] : [];
  const secure = origin.startsWith('https:')
    ? ['# Ruckus warns that iOS opens no portal page over https: http for PORTAL_URL is the safe choice.']
    : [];
  const account =
    fields.guestUsername === undefined
      ? ['  Authentication service: Always Accept']
      : [
          `  Authentication service: one that knows the account ${fields.guestUsername} (Local Database or RADIUS)`,
        ];
  const end = '  Session timeout: longer than the longest visit';
  if (fields.controller === 'ruckus-one')
    return [
      '# RUCKUS One, captive portal network, "3rd party captive portal (WISPr)"',
      ...heading,
      ...secure,
      `  Captive portal URL: ${login}`,
      `  Walled garden: ${new URL(origin).hostname}`,
      '  Integration key: the same as the field password',
      ...account,
      '  Session timeout: how long a guest stays; no other end is kept',
      '',
    ].join('\n');
  return [
    '# SmartZone: hotspot (WISPr) portal and WLAN',
    ...heading,
    ...secure,
    'Services & Profiles > Hotspots & Portals > Hotspot (WISPr)',
    `  Logon URL: External, ${login}`,
    '  Redirected MAC format: AA:BB:CC:DD:EE:FF',
    `  Walled garden: ${new URL(origin).hostname}`,
    end,
    'The WLAN of that portal',
    ...account,
    'System > General Settings > WISPr Northbound Interface: on',
    '  User and password: the fields username and password',
    '# Command line of the controller (SSH): guests’ MACs come in the clear',
    'enable',
    'config',
    'no encrypt-mac-ip',
    '',
  ].join('\n');
}
