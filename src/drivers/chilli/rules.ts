import type { RulesContext } from '../driver.js';
import { portalAt } from '../postback/portal.js';
import { type ChilliFields, modeOf } from './fields.js';

const heading = (text: string): string => `# ---- ${text}`;

/** A value in the shell's double quotes, with nothing left for the shell to do. */
const quoted = (text: string): string => `"${text.replace(/[\\"$`]/g, '\\$&')}"`;

/** What chilli is to be told: its config as the packages have it, from which they make `main.conf`. */
export async function rules(context: RulesContext<ChilliFields>): Promise<string> {
  const { uamServer, disconnectPort } = context.fields;
  const { address } = portalAt(context);
  const { hostname } = new URL(uamServer);
  const radius =
    modeOf(context.fields) === 'told'
      ? ['# RADIUS is not asked. What chilli is told here is for its own start.', 'HS_RADIUS=127.0.0.1']
      : [
          `HS_RADIUS=${address}`,
          `HS_RADIUS2=${address}`,
          '# HS_RADSECRET=THE SAME AS `secret` AT FOYER',
          ...(disconnectPort > 0
            ? [
                '# Where chilli is told of an end that comes early. It takes that from the address of HS_RADIUS only.',
                `HS_COAPORT=${disconnectPort}`,
              ]
            : []),
        ];
  return `${[
    heading('/etc/chilli/config (then: systemctl restart chilli)'),
    ...(address === 'ADDRESS' ? ['# Put the address at which the router reaches Foyer in ADDRESS.'] : []),
    '# Letter for letter as at Foyer: it is signed.',
    `HS_UAMFORMAT=${quoted(uamServer)}`,
    'HS_UAMHOMEPAGE=none',
    '# HS_UAMSECRET=THE SAME AS `uamSecret` AT FOYER',
    '# Guests reach the portal before they log in.',
    `HS_UAMALLOW=${quoted([...new Set([hostname, address])].join(','))}`,
    ...radius,
    '# A phone that sleeps is not sent off.',
    'HS_DEFIDLETIMEOUT=0',
    '# For whom nobody said how long, in seconds.',
    'HS_DEFSESSIONTIMEOUT=60',
  ].join('\n')}\n`;
}
