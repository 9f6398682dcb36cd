import type { RulesContext } from '../driver.js';
import type { UnifiFields } from './fields.js';

/** What an admin does on the UniFi page and on this machine, as text. */

type Context = Pick<RulesContext<UnifiFields>, 'fields' | 'guestPort' | 'portalUrl'>;

/** The port at which guests have to find the portal: UniFi knows these two only. */
const portOf = (url: URL | undefined): number => (url?.protocol === 'https:' ? 443 : 80);

/** Whether guests find the portal where UniFi sends them: on its port, or by an origin that is on it. */
function found({ guestPort, portalUrl }: Context): boolean {
  const url = portalUrl === undefined ? undefined : new URL(portalUrl);
  return url ? url.port === '' : guestPort === 80 || guestPort === 443;
}

const nft = (from: number, to: number): string =>
  `nft 'add table ip foyer_portal; add chain ip foyer_portal prerouting { type nat hook prerouting priority dstnat; }; add rule ip foyer_portal prerouting fib daddr type local tcp dport ${from} redirect to :${to}'`;

const iptables = (from: number, to: number): string =>
  `iptables -t nat -A PREROUTING -p tcp --dport ${from} -m addrtype --dst-type LOCAL -j REDIRECT --to-ports ${to}`;

/** UniFi takes an address for its portal and no port. Each command stands alone, so that it can be copied. */
export function advice(context: Context): string[] {
  if (found(context)) return [];
  const { fields, guestPort, portalUrl } = context;
  const url = portalUrl === undefined ? undefined : new URL(portalUrl);
  const to = url?.port ? Number(url.port) : guestPort;
  const from = portOf(url);
  const origin = `${url?.protocol ?? 'http:'}//${url?.hostname ?? "<this machine's address>"}`;
  return [
    `UniFi sends guests to port ${from} of the portal's address, path /guest/s/${fields.unifiSite}/, and takes no other port; the portal is on port ${to}. Forward it on this machine by one of these two commands, nft or iptables, and keep the rule over a restart. Then set PORTAL_URL to ${origin}, without a port.`,
    nft(from, to),
    iptables(from, to),
  ];
}

export async function rules(context: Context): Promise<string> {
  const { fields, portalUrl } = context;
  const here = advice(context);
  const host = portalUrl === undefined ? undefined : new URL(portalUrl).hostname;
  const portal = host ?? "this machine's address in the guests' network";
  const https = portalUrl?.startsWith('https:') ?? false;
  const key = fields.apiKey !== undefined;
  return `${[
    '# ---- On the UniFi page (names as of Network 9 and 10; older ones have them under Guest Control / Hotspot)',
    key
      ? '1. Settings > Control Plane > Integrations: create an API key, and give it to the field apiKey. It is shown once.'
      : '1. Settings > Admins & Users: create an admin with "Restrict to local access only", role Site Admin for this site, without a second factor. Give it to the fields username and password.',
    '2. Settings > WiFi: the guests\' network, open or with a password, with "Hotspot Portal" on.',
    `3. Hotspot > Landing Page > Authentication: "External Portal Server" on, all others off. Address: ${portal}.`,
    '   Some versions take an IP address only. There is no place for a port.',
    `4. Hotspot > Landing Page > Settings: "HTTPS Redirection" off${https ? ', unless the portal has a trusted certificate' : ''}; "Secure Portal" ${https ? 'on' : 'off'}.`,
    `5. Hotspot > Authorization Access > Pre-Authorization Allowances: ${portal}. Restrict nothing that leads there.`,
    '6. Hotspot > default expiration: at least as long as the longest visit. A shorter one cuts visits.',
    `7. The site's short name is ${fields.unifiSite}: it stands in the address of the UniFi page, after /manage/ or /network/.`,
    '',
    '# ---- Guests then come to',
    `${https ? 'https' : 'http'}://${host ?? '<this machine>'}/guest/s/${fields.unifiSite}/?id=<MAC>&ap=<MAC of the access point>&t=..&url=..&ssid=..`,
    ...(here.length > 0 ? ['', '# ---- On this machine', ...here] : []),
  ].join('\n')}\n`;
}
