import type { Limits, RadiusAttribute } from '../driver.js';
import {
  airespaceLimits,
  mikrotikLimits,
  pfsenseLimits,
  text,
  VENDOR,
  vendor,
  wisprLimits,
} from './attributes.js';
import type { RadiusFields } from './fields.js';

/** What differs from vendor to vendor, as data. */
export interface Vendor {
  label: string;
  limits(limits: Limits): RadiusAttribute[];
  /** What has the router look at a session again, in a CoA-Request: nothing known where it is left out. */
  reauthenticate?: RadiusAttribute[];
  /** Steps on the router, each a line. `FOYER`, `PORTAL`, `DISCONNECT` and `<the secret>` stand for what they say. */
  steps: readonly string[];
}

const cisco = (pair: string): RadiusAttribute => vendor(VENDOR.cisco, text(1, pair));

const VENDORS: Record<RadiusFields['vendor'], Vendor> = {
  generic: {
    label: 'Any router with MAC authentication by RADIUS',
    limits: wisprLimits,
    steps: [
      'RADIUS server for authentication: FOYER, UDP 1812, secret <the secret>, Message-Authenticator on, PAP or CHAP.',
      'RADIUS server for accounting: FOYER, UDP 1813, the same secret, interim updates every 300 s.',
      'Guest Wi-Fi or hotspot: MAC authentication (MAC authentication bypass) on, with the MAC as user name and as password.',
      'Where MAC authentication fails: captive portal, external, at PORTAL with the client’s MAC as a parameter.',
      'Before the login guests reach: FOYER and DNS.',
      'Disconnect messages (RFC 5176, dynamic authorization) taken from FOYER on UDP DISCONNECT, the same secret.',
    ],
  },
  mikrotik: {
    label: 'MikroTik RouterOS hotspot',
    limits: mikrotikLimits,
    steps: [
      '/radius add service=hotspot address=FOYER secret="<the secret>" authentication-port=1812 accounting-port=1813 timeout=3s require-message-auth=yes-for-request-resp',
      '# Before RouterOS 7.15 there is no require-message-auth: update.',
      '/radius incoming set accept=yes port=DISCONNECT',
      '/ip hotspot profile set [find] use-radius=yes radius-accounting=yes radius-interim-update=5m login-by=mac,http-pap radius-mac-format=XX:XX:XX:XX:XX:XX',
      '/ip hotspot walled-garden ip add action=accept dst-address=FOYER',
      '# login.html of the hotspot sends the browser on:',
      '# <meta http-equiv="refresh" content="0; url=PORTAL?mac=$(mac)&ip=$(ip)&url=$(link-orig-esc)">',
    ],
  },
  cisco: {
    label: 'Cisco WLC, Catalyst 9800',
    limits: airespaceLimits,
    reauthenticate: [
      cisco('subscriber:command=reauthenticate'),
      cisco('subscriber:reauthenticate-type=rerun'),
    ],
    steps: [
      '# Catalyst 9800, by the command line; the names are yours.',
      'radius server foyer',
      ' address ipv4 FOYER auth-port 1812 acct-port 1813',
      ' key <the secret>',
      'aaa group server radius foyer-group',
      ' server name foyer',
      'aaa server radius dynamic-author',
      ' client FOYER server-key <the secret>',
      ' port DISCONNECT',
      'aaa authorization network foyer-mab group foyer-group',
      'aaa accounting identity foyer-acct start-stop group foyer-group',
      'aaa accounting update periodic 5',
      '# WLAN: MAC filtering foyer-mab; Layer 3 web policy "on MAC filter failure"; external redirect to PORTAL; accounting foyer-acct.',
      '# Pre-auth ACL: allow FOYER and DNS. Session-Timeout from AAA: "AAA override" on.',
    ],
  },
  aruba: {
    label: 'Aruba Instant, AOS',
    limits: wisprLimits,
    steps: [
      'Security > Authentication servers: RADIUS, FOYER, ports 1812 and 1813, key <the secret>, dynamic authorization (RFC 5176) on, CoA port DISCONNECT.',
      'Guest network: splash page external, "Captive portal failure: deny"; MAC authentication on, "fail-through" on, the server above, accounting on, interval 5 min.',
      'Captive portal profile: PORTAL, with the MAC as parameter mac.',
      'Pre-authentication role: DNS, DHCP and FOYER only.',
    ],
  },
  ruckus: {
    label: 'Ruckus SmartZone, ZoneDirector',
    limits: wisprLimits,
    steps: [
      'Services > Authentication and Accounting: RADIUS, FOYER, 1812 and 1813, <the secret>.',
      'Hotspot (WISPr) portal: external logon URL PORTAL; walled garden: FOYER. MAC authentication bypass of the portal on.',
      'Turn the encryption of MAC and IP in redirects off: `no encrypt-mac-ip` of the WISPr service. Encrypted ones are refused.',
      'WLAN: type Hotspot, authentication and accounting service as above, interim updates 5 min. CoA from FOYER, UDP DISCONNECT.',
    ],
  },
  cambium: {
    label: 'Cambium cnPilot, XV',
    limits: wisprLimits,
    steps: [
      'WLAN > AAA servers: authentication FOYER 1812, accounting FOYER 1813, <the secret>, interim update 300 s, dynamic authorization (DM/CoA) on, UDP DISCONNECT.',
      'WLAN > Guest access: portal mode external hotspot, PORTAL; whitelist FOYER.',
      'WLAN > Access: MAC authentication by RADIUS, password the MAC; "MAC authentication fallback" to guest access.',
    ],
  },
  pfsense: {
    label: 'pfSense captive portal',
    limits: pfsenseLimits,
    steps: [
      'System > User Manager > Authentication Servers: RADIUS, PAP, FOYER, authentication and accounting, ports 1812 and 1813, <the secret>.',
      'Services > Captive Portal > zone: "Use an authentication backend", the server above; "Use RADIUS MAC Authentication" with <the secret> as the MAC authentication secret.',
      '"Reauthenticate connected users every minute", "Use RADIUS Session-Timeout attributes" and accounting with interim updates on. disconnectPort=0: it takes no Disconnect messages, and by asking again every minute it hears of an end.',
      'Allowed IP addresses: FOYER. Portal page contents, a file with:',
      '<meta http-equiv="refresh" content="0; url=PORTAL?mac=$CLIENT_MAC$&ip=$CLIENT_IP$&url=$PORTAL_REDIRURL$">',
    ],
  },
};

export const vendorOf = (name: RadiusFields['vendor']): Vendor => VENDORS[name];
