import { isIP } from 'node:net';
import type { RulesContext } from '../driver.js';
import { type NftablesFields, shapeText } from './ruleset.js';
import type { Run } from './run.js';
import { linkOf } from './surroundings.js';

const heading = (text: string): string => `# ---- ${text}`;

function unit(name: string, file: string): string {
  return [
    '[Unit]',
    `Description=Guests of Foyer's gateway ${name} stay outside until they are let in`,
    // One comment for all the ordering, since each of these lines closes one gap.
    '# Order: interfaces come up, and with them forwarding, after network-pre.target; nftables.service begins with',
    "# `flush ruleset`, so this comes after it, and again whenever it is started again or reloaded. Foyer's portal comes later and finds the table.",
    'DefaultDependencies=no',
    'Wants=network-pre.target',
    'Before=network-pre.target shutdown.target',
    'After=local-fs.target nftables.service',
    'Conflicts=shutdown.target',
    'PartOf=nftables.service',
    'ReloadPropagatedFrom=nftables.service',
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    `ExecStart=/usr/sbin/nft -f ${file}`,
    `ExecReload=/usr/sbin/nft -f ${file}`,
    '',
    '[Install]',
    'WantedBy=sysinit.target',
  ].join('\n');
}

const parts = (address: string): string[] => address.split('.').slice(0, 3);

function dhcp(
  { fields: { interface: device }, captiveApiUrl }: RulesContext<NftablesFields>,
  addresses: readonly { local: string; prefixlen: number }[],
): string {
  const v4 = addresses.find(({ local }) => isIP(local) === 4);
  // Only for the common case, a router at the beginning of its network, is there a range that needs no thought.
  const begin =
    v4 && v4.prefixlen <= 24 && Number(v4.local.split('.')[3]) < 10 ? parts(v4.local).join('.') : undefined;
  const range = begin ? `${begin}.10,${begin}.250,1h` : 'FIRST,LAST,1h';
  return [
    ...(begin ? [] : ['# Put the first and the last address for guests in FIRST and LAST.']),
    `interface=${device}`,
    'bind-dynamic',
    'dhcp-authoritative',
    `dhcp-range=${range}`,
    ...(addresses.some(({ local }) => isIP(local) === 6)
      ? ['enable-ra', `dhcp-range=::,constructor:${device},ra-stateless,1h`]
      : []),
    ...(captiveApiUrl
      ? [
          '# RFC 8910: tells devices where the captive portal API is.',
          `dhcp-option=114,"${captiveApiUrl}"`,
          `dhcp-option=option6:103,"${captiveApiUrl}"`,
        ]
      : []),
  ].join('\n');
}

/** What the operator puts on the router, each part under the name of its file. */
export async function rules(run: Run, context: RulesContext<NftablesFields>): Promise<string> {
  const { gateway, fields, guestPort } = context;
  const file = `/etc/foyer/${gateway}.nft`;
  const link = await linkOf(run, fields.interface).catch(() => undefined);
  return `${[
    heading(file),
    '# Only forwarding is filtered: address translation, and what guests reach on this machine itself, stay yours.',
    `# Guests need of this machine: DHCP (udp 67), DNS (53), the portal (tcp ${guestPort}, or where PORTAL_URL leads).`,
    shapeText({ gateway, fields, guestPort }),
    heading(`/etc/systemd/system/foyer-${gateway}.service, then: systemctl enable --now foyer-${gateway}`),
    unit(gateway, file),
    '',
    heading(`/etc/dnsmasq.d/foyer-${gateway}.conf`),
    dhcp(context, link?.addresses ?? []),
    '',
    heading('/etc/sysctl.d/90-foyer.conf'),
    'net.ipv4.ip_forward = 1',
    'net.ipv6.conf.all.forwarding = 1',
    '# Room in the neighbour table, by which clients are known, for some thousand guests with IPv6.',
    'net.ipv4.neigh.default.gc_thresh3 = 16384',
    'net.ipv6.neigh.default.gc_thresh3 = 16384',
  ].join('\n')}\n`;
}
