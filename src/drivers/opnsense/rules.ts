import { isIP } from 'node:net';
import type { RulesContext } from '../driver.js';
import { ARP_TABLE, CAPTIVE_PORTAL } from './api.js';
import type { OpnsenseFields } from './fields.js';
import { enterUrl, templatePage } from './template.js';

const heading = (text: string): string => `# ---- ${text}`;

function portalOf({ portalUrl, guestPort }: RulesContext<OpnsenseFields>) {
  const origin = portalUrl ?? `http://ADDRESS:${guestPort}`;
  const { hostname, port, protocol } = new URL(origin);
  return {
    origin,
    port: port || (protocol === 'https:' ? '443' : '80'),
    address: isIP(hostname) === 0 ? undefined : hostname,
    name: hostname,
  };
}

/** What is to be set in OPNsense's web interface, and the page that goes into the template. */
export async function rules(context: RulesContext<OpnsenseFields>): Promise<string> {
  const { gateway, fields, portalUrl, captiveApiUrl } = context;
  const { origin, port, address, name } = portalOf(context);
  const allowed = address ?? (portalUrl === undefined ? 'ADDRESS' : `the address of ${name}`);
  return `${[
    ...(portalUrl === undefined
      ? ['# Put the address at which guests reach Foyer in ADDRESS, or set PORTAL_URL.', '']
      : []),
    heading('System > Access > Users: the user of Foyer'),
    'Add a user (for example `foyer`) with a generated, scrambled password, and these two privileges and no others:',
    `  ${CAPTIVE_PORTAL}`,
    `  ${ARP_TABLE}`,
    'Then make an API key for it: the file that is downloaded has apiKey and apiSecret.',
    '',
    heading('Services > Captive Portal > Administration > Templates'),
    `Add a template: upload the zip that \`foyer gateway rules ${gateway} --out FOLDER\` writes, or one that you make: it holds the page below as \`index.html\`.`,
    '',
    heading(`Services > Captive Portal > Administration > Zones: zone ${fields.zone}`),
    'Interfaces: that of the guests',
    'Client roaming: on',
    'Authenticate using: at least one server (Local Database will do); with none, everybody could let himself in',
    'Idle timeout: 0',
    'Hard timeout: a net for when Foyer is not running, in minutes, at most 10080; longer than the longest visit',
    `Allowed addresses: ${allowed}`,
    'Extended pre auth data (advanced mode): on',
    'Custom template: the one that was uploaded',
    'Save and apply.',
    '',
    heading('Firewall > Rules > the guests’ interface'),
    `Pass TCP from the guests’ network to ${allowed}, port ${port}: Foyer. No address translation between the two.`,
    'Pass from the guests’ network to what guests may reach: OPNsense blocks who is not let in, and passes nobody by itself.',
    `Block from the guests’ network to this firewall, but for DNS, DHCP and ports ${8000 + fields.zone} and ${9000 + fields.zone}.`,
    ...(captiveApiUrl
      ? ['', heading('DHCP of the guests: option 114, as a string (RFC 8910)'), captiveApiUrl]
      : []),
    '',
    heading('index.html'),
    templatePage(enterUrl(origin, context)).trimEnd(),
  ].join('\n')}\n`;
}
