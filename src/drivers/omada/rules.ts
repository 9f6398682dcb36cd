import type { RulesContext } from '../driver.js';
import { appOf, type OmadaFields } from './fields.js';

/** What is clicked together on the controller. */
export async function rules({
  fields,
  gateway,
  guestPort,
  portalUrl,
}: RulesContext<OmadaFields>): Promise<string> {
  const portal = portalUrl ?? `http://ADDRESS:${guestPort}`;
  const hostname = portalUrl === undefined ? 'ADDRESS' : new URL(portalUrl).hostname;
  const app = appOf(fields) !== undefined;
  const lines = [
    ...(portalUrl === undefined ? ['Put the address at which guests reach Foyer in ADDRESS.', ''] : []),
    'On the Omada controller, at the site of the guest Wi-Fi (names as in 5.x; later ones move some of them):',
    '',
    '1. Settings, Authentication, Portal: create a portal for the SSID (or the wired network) of the guests.',
    '     Authentication Type     External Portal Server',
    `     URL                     ${portal}/enter/${gateway}`,
    ...(portal.startsWith('https:')
      ? []
      : ['     (without https: where the controller offers both, choose http://)']),
    '2. Settings, Authentication, Portal, Access Control: Pre-Authentication Access on, and in its list',
    `     ${hostname}`,
    '   and the DNS server of the guests, where it is not the gateway.',
    '3. Hotspot Manager, Operators: create an operator with this site and no other, for the fields username',
    '   and password.',
    ...(app
      ? [
          '4. Global view, Settings, Platform Integration, Open API: an app of mode Client Credentials with this site and a',
          '   role that may view clients, for the fields clientId and clientSecret. Set guestNetworks to the guests’ networks.',
        ]
      : [
          '4. Without an Open API app Foyer cannot tell who has which address: set trust=redirect, and read what the table',
          '   of capabilities says of that.',
        ]),
    '5. Date and time of the controller: by NTP.',
    '',
    `The site is ${fields.siteId.toLowerCase()}. Join the guest Wi-Fi: the address of the page that opens has to say site= the same.`,
  ];
  return `${lines.join('\n')}\n`;
}
