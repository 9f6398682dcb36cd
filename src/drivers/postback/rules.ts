import type { RulesContext } from '../driver.js';
import { hostsOf, type PostbackFields, profileOf } from './fields.js';
import { mikrotikPage, pfsensePage } from './pages.js';
import { portalAt } from './portal.js';

interface Words {
  enter: string;
  /** Of the machine that answers RADIUS. */
  address: string;
  /** The portal's host, which guests reach before they log in. */
  host: string;
  coa: string;
}

const heading = (text: string): string => `# ---- ${text}`;

const radiusAt = (address: string): string =>
  `RADIUS server: ${address}, authentication 1812, accounting 1813, the secret as at Foyer`;

/** Steps on each router, with the menus of the firmware that the README names. */
const STEPS: Readonly<Record<PostbackFields['profile'], (words: Words) => string[]>> = {
  meraki: ({ enter, address, host, coa }) => [
    'Dashboard, Wireless > Access control, the guests’ SSID:',
    '1. Security: Open. Splash page: Sign-on with > my RADIUS server.',
    `2. ${radiusAt(address)}. Meraki’s cloud asks: the address must be reachable from it, and \`nas\` has the addresses that Help > Firewall info lists.`,
    `3. RADIUS accounting: on.${coa}`,
    `4. Advanced splash settings > Walled garden: ${host}. Captive portal strength: block all access until sign-on is complete.`,
    `5. Wireless > Splash page > Custom splash URL: ${enter}`,
  ],
  aruba: ({ enter, address, host, coa }) => [
    `1. Security > Authentication servers: ${radiusAt(address)}.${coa}`,
    '2. Security > External captive portal: new; type Radius authentication.',
    `   IP or hostname, port and URL as in ${enter}; use HTTPS as that has it; redirect URL: empty.`,
    `3. The guests’ SSID: security Captive portal, type External, this profile, this server; accounting on. Allowed before the login: ${host}.`,
    '4. A controller (AOS): in the captive portal profile turn on “Add switch IP address in redirection URL”, or leave it: then the login goes to securelogin.arubanetworks.com.',
  ],
  'aruba-instant-on': ({ enter, address, host }) => [
    '1. Networks > the guests’ network > Guest portal > External.',
    `2. Server URL: ${enter}. Authentication: RADIUS; ${radiusAt(address)}.`,
    `3. Allowed domains: ${host}.`,
  ],
  cisco: ({ enter, address, host, coa }) => [
    'AireOS:',
    `1. Security > AAA > RADIUS > Authentication and Accounting: ${radiusAt(address)}.${coa}`,
    `2. Security > Access control lists: a pre-authentication ACL that lets guests reach ${host}.`,
    `3. Security > Web auth > Web login page: external, ${enter}`,
    '4. WLANs > the guests’ WLAN > Security > Layer 3: web policy, authentication, this ACL; AAA servers: this one; Advanced: allow AAA override.',
    'Catalyst 9800: the same in a web auth parameter map (type webauth, redirect for log-in, portal IPv4 address) and an AAA method list of type login.',
    'The virtual address is 192.0.2.1; where it is another one (1.1.1.1 of old), put it into `hosts`.',
  ],
  cambium: ({ enter, address, host, coa }) => [
    `1. WLAN > the guests’ WLAN > AAA servers: ${radiusAt(address)}; accounting mode Start-Interim-Stop.${coa}`,
    '2. Guest access: enable; portal mode: External hotspot; access policy: RADIUS.',
    `3. External page URL: ${enter}; external portal type: Standard; success action: the page the visitor wanted.`,
    `4. Whitelist: ${host}. Prefix query strings: on.`,
  ],
  'ruckus-zd': ({ enter, address, host, coa }) => [
    `1. Configure > AAA servers: ${radiusAt(address)}, one for authentication and one for accounting.${coa}`,
    `2. Configure > Hotspot services: login page ${enter}; start page: the one the visitor wanted; these servers.`,
    `3. There, Walled garden: ${host}.`,
    '4. The guests’ WLAN: type Hotspot service (WISPr), this service.',
  ],
  pfsense: ({ enter, address, host }) => [
    `1. System > User manager > Authentication servers: type RADIUS, PAP; ${radiusAt(address)}.`,
    '2. Services > Captive portal > the zone: authentication method “Use an authentication backend”, this server.',
    '3. There: “Reauthenticate connected users every minute” on; accounting on, interim; RADIUS Session-Timeout on; per-user bandwidth restriction on where limits are used.',
    `4. There, Allowed hostnames or IP addresses: ${host}.`,
    '5. There, Portal page contents and Auth error page contents: this file for both.',
    '',
    heading('portal.html'),
    ...pfsensePage(enter),
  ],
  mikrotik: ({ enter, address, host, coa }) => [
    'In a terminal, with the names of your hotspot and its profile:',
    `/radius add service=hotspot address=${address} secret="THE SAME AS AT FOYER" timeout=3s`,
    ...(coa === '' ? [] : [`/radius incoming set accept=yes port=${coa}`]),
    '/ip hotspot profile set [find name=hsprof1] use-radius=yes radius-accounting=yes radius-interim-update=5m login-by=http-pap,https',
    `/ip hotspot walled-garden ip add action=accept dst-host=${host}`,
    '',
    heading('hotspot/login.html (and the same as hotspot/rlogin.html)'),
    ...mikrotikPage(enter),
  ],
  omada: ({ enter, address, host, coa }) => [
    `1. Settings > Profiles > RADIUS profile: ${radiusAt(address)}; accounting on.${coa}`,
    '2. Settings > Authentication > Portal: new; authentication type RADIUS server, this profile, authentication mode PAP.',
    `3. Portal customisation: External web portal, ${enter}`,
    `4. Access control > Pre-authentication access: ${host}.`,
    'The address of the controller, as guests reach it, is one of `hosts`.',
  ],
  generic: ({ enter, address, host, coa }) => [
    `1. ${radiusAt(address)}; PAP; accounting on.${coa}`,
    `2. External portal: ${enter}`,
    `3. Reachable before the login: ${host}.`,
    '4. The redirect names the client’s MAC and the address of the login as the fields say; that address is one of `hosts`.',
  ],
};

/** What is typed, or clicked, on the router. */
export async function rules(context: RulesContext<PostbackFields>): Promise<string> {
  const { fields } = context;
  const { profile, disconnectPort } = fields;
  const { enter, address, host } = portalAt(context);
  const coa =
    disconnectPort === 0
      ? ''
      : profile === 'mikrotik'
        ? String(disconnectPort)
        : ` Dynamic authorization (RFC 5176, CoA): on, port ${disconnectPort}.`;
  const { label, source } = profileOf(fields);
  const lines = [
    heading(`${label} (from: ${source})`),
    ...(enter.includes('ADDRESS') || address === 'ADDRESS'
      ? ['# Put the address at which guests and router reach Foyer in ADDRESS.']
      : []),
    ...STEPS[profile]({ enter, address, host, coa }),
    '',
    heading('Where Foyer sends browsers with their login (`hosts`)'),
    ...(hostsOf(fields).length > 0 ? hostsOf(fields) : ['nowhere: set `hosts`']).map((host) => `# ${host}`),
  ];
  return `${lines.join('\n')}\n`;
}
