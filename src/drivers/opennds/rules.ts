import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { RulesContext } from '../driver.js';
import { asks, modeOf, type OpenNdsFields } from './fields.js';

const BINAUTH = '/usr/lib/opennds/foyer-binauth.sh';
const heading = (text: string): string => `# ---- ${text}`;

/** The text of the script that the router runs. */
export const binauthScript = (): string => readFileSync(new URL('./binauth.sh', import.meta.url), 'utf8');

/** Where the router finds the portal. */
function portalOf({ portalUrl, guestPort }: RulesContext<OpenNdsFields>) {
  if (portalUrl === undefined) return { address: 'ADDRESS', port: String(guestPort), name: undefined };
  const { hostname, port, protocol } = new URL(portalUrl);
  const number = port || (protocol === 'https:' ? '443' : '80');
  return isIP(hostname) === 4
    ? { address: hostname, port: number, name: undefined }
    : { address: 'ADDRESS', port: number, name: hostname };
}

function daemon(context: RulesContext<OpenNdsFields>): string[] {
  const { fields, gateway } = context;
  const { address, port, name } = portalOf(context);
  const mode = modeOf(fields);
  return [
    heading('/etc/opennds/opennds.conf'),
    ...(address === 'ADDRESS' ? ['# Put the address at which guests reach Foyer in ADDRESS.'] : []),
    `gatewayname ${fields.gatewayName ?? 'Guests'}`,
    '# Another name at each router would have to be known to Foyer.',
    'enable_serial_number_suffix 0',
    `fasremoteip ${address}`,
    ...(name === undefined ? [] : [`fasremotefqdn ${name}`]),
    `fasport ${port}`,
    `faspath /enter/${gateway}`,
    `fas_secure_enabled ${fields.level}`,
    '# faskey THE SAME AS AT FOYER',
    ...(mode === 'claimed'
      ? ['# How long a session lasts, in minutes.', 'sessiontimeout 60']
      : [
          '# In minutes, for whom nobody said how long: who is let in while another ndsctl holds the lock of the daemon.',
          'sessiontimeout 1',
        ]),
    '# How often the daemon looks whose time is over: an end comes late by at most so many seconds.',
    'checkinterval 5',
    '# A phone that sleeps is not sent off.',
    'authidletimeout 0',
    ...(mode === 'browser' ? [`binauth ${BINAUTH}`] : []),
    ...(asks(fields)
      ? [
          '# Seconds between two questions. Version 9.10 reads this line as it stands, with its mark of a comment.',
          '# nat_traversal_poll_interval 5',
        ]
      : []),
    'FirewallRuleSet authenticated-users {',
    '  FirewallRule allow all',
    '}',
    'FirewallRuleSet preauthenticated-users {',
    `  FirewallRule allow tcp port ${port} to ${address}`,
    '}',
    'FirewallRuleSet users-to-router {',
    '  FirewallRule allow udp port 53',
    '  FirewallRule allow tcp port 53',
    '  FirewallRule allow udp port 67',
    ...(mode === 'told' ? [`  FirewallRule allow tcp port ${port}`] : []),
    '}',
  ];
}

/** What openNDS is to be told, and the script that it runs. */
export async function rules(context: RulesContext<OpenNdsFields>): Promise<string> {
  const script =
    modeOf(context.fields) === 'browser'
      ? ['', heading(`${BINAUTH} (then: chmod 755 ${BINAUTH})`), binauthScript().trimEnd()]
      : [];
  const unit = [
    '',
    heading('/etc/systemd/system/opennds.service.d/foyer.conf'),
    '# Version 9.10 can be made to end by any guest: see the README.',
    '[Service]',
    'Restart=always',
    'RestartSec=1',
  ];
  return `${[...daemon(context), ...unit, ...script].join('\n')}\n`;
}
