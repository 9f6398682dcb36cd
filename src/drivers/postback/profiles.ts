import type { Limits, RadiusAttribute } from '../driver.js';
import { airespaceLimits, mikrotikLimits, pfsenseLimits, wisprLimits } from '../radius/attributes.js';

/** A router's own way of being logged in at by a browser. All of it is data: what its redirect is called, what its form wants. */
export interface Profile {
  label: string;
  /** The vendor's document that has the facts. */
  source: string;
  /** Parameters of the redirect; of several names the first that is there. */
  names: {
    mac: readonly string[];
    ip?: readonly string[];
    ap?: readonly string[];
    ssid?: readonly string[];
    url?: readonly string[];
  };
  /** A parameter, and its value, by which the router says that this client passes already. */
  passes?: readonly [name: string, value: string];
  /** A parameter, and the values by which the router says that it refused the login. */
  refused?: readonly [name: string, values: RegExp];
  place: Place;
  /** Where a browser may be sent, unless the gateway's own `hosts` say. */
  hosts: readonly string[];
  form: {
    /** GET goes by itself, POST by a button. */
    method: 'GET' | 'POST';
    username: string;
    password: string;
    constants?: Readonly<Record<string, string>>;
    /** Parameters of the redirect that go along as they came, with the names that the form has for them. */
    carried?: Readonly<Record<string, string>>;
    /** By which field the form says where to go on to. */
    back?: string;
  };
  /** What an Access-Accept says of limits, where the router heeds any. */
  limits?: (limits: Limits) => RadiusAttribute[];
  /** It asks again every minute while a session runs, with what the client logged in with. */
  reasks?: true;
}

/** Where the form goes: a parameter has the whole address, or the host of a known one. */
export type Place = {
  /** Ports that a login may have. */
  ports: readonly (number | readonly [from: number, to: number])[];
  path?: RegExp;
} & (
  | { address: string }
  | {
      host: string;
      /** Where the redirect names none. */
      otherwise?: string;
      /** The address, with `{host}` and `{port}` for what the redirect says, by scheme. */
      at: Readonly<Partial<Record<'http' | 'https', string>>>;
      port?: { name: string; otherwise: string };
      /** Which scheme, where the redirect says that; else the gateway's field `https` does. */
      scheme?: string;
      /** The redirect's own query follows, byte for byte, without these; the way back goes by the last of them. */
      query?: { without: readonly string[]; back: string };
    }
);

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

const ARUBA_FORM = {
  method: 'POST' as const,
  username: 'user',
  password: 'password',
  constants: { cmd: 'authenticate' },
  back: 'url',
};

export const PROFILES = {
  meraki: {
    label: 'Cisco Meraki, sign-on splash page',
    source: 'developer.cisco.com/meraki (EXCAP, sign-on)',
    names: {
      mac: ['client_mac'],
      ip: ['client_ip'],
      ap: ['ap_mac'],
      url: ['continue_url'],
    },
    refused: ['error_message', /./],
    place: { address: 'login_url', ports: [80, 443], path: /^\/splash\/|^\/[\w-]+\/splash\// },
    hosts: ['*.network-auth.com'],
    form: { method: 'POST', username: 'username', password: 'password', back: 'success_url' },
  },
  aruba: {
    label: 'Aruba Instant, Central, AOS',
    source: 'Aruba Instant and ArubaOS user guides (external captive portal)',
    names: { mac: ['mac'], ip: ['ip'], ap: ['apmac'], ssid: ['essid'], url: ['url'] },
    place: {
      host: 'switchip',
      otherwise: 'securelogin.arubanetworks.com',
      at: { https: 'https://{host}/cgi-bin/login' },
      ports: [443],
    },
    hosts: ['securelogin.arubanetworks.com', ...PRIVATE],
    form: ARUBA_FORM,
  },
  'aruba-instant-on': {
    label: 'Aruba Instant On',
    source: 'Aruba Instant On, External captive portal: configuration and parameters',
    names: { mac: ['mac'], ip: ['ip'], ap: ['apmac'], ssid: ['network'], url: ['url'] },
    place: { host: 'post', at: { https: 'https://{host}/cgi-bin/login' }, ports: [443] },
    hosts: ['*.arubanetworks.com', '*.arubainstanton.com', ...PRIVATE],
    form: ARUBA_FORM,
  },
  cisco: {
    label: 'Cisco WLC and Catalyst 9800',
    source: 'Cisco WLC configuration guide (external web authentication)',
    names: {
      mac: ['client_mac'],
      ap: ['ap_mac'],
      ssid: ['wlan', 'ssid'],
      url: ['redirect'],
    },
    passes: ['statusCode', '1'],
    refused: ['statusCode', /^[2-5]$/],
    place: { address: 'switch_url', ports: [80, 443], path: /^\/login\.html$/ },
    hosts: ['192.0.2.1'],
    form: {
      method: 'POST',
      username: 'username',
      password: 'password',
      constants: { buttonClicked: '4', err_flag: '0' },
      back: 'redirect_url',
    },
    limits: airespaceLimits,
  },
  cambium: {
    label: 'Cambium cnPilot, cnMaestro',
    source: 'Cambium external guest access guide',
    names: {
      mac: ['ga_cmac'],
      ap: ['ga_ap_mac'],
      ssid: ['ga_ssid'],
      url: ['ga_orig_url'],
    },
    refused: ['ga_error_code', /./],
    place: {
      host: 'ga_srvr',
      at: {
        http: 'http://{host}:880/cgi-bin/hotspot_login.cgi',
        https: 'https://{host}:444/cgi-bin/hotspot_login.cgi',
      },
      ports: [880, 444],
      query: { without: ['ga_error_code', 'ga_orig_url'], back: 'ga_orig_url' },
    },
    hosts: ['*.cloud.cambiumnetworks.com', ...PRIVATE],
    form: { method: 'POST', username: 'ga_user', password: 'ga_pass' },
    limits: wisprLimits,
  },
  'ruckus-zd': {
    label: 'Ruckus ZoneDirector and Unleashed (hotspot service)',
    source: 'Ruckus hotspot (WISPr) application note, ZoneDirector 9.x',
    names: {
      mac: ['client_mac'],
      ip: ['uip'],
      ap: ['mac'],
      ssid: ['ssid'],
      url: ['url'],
    },
    place: {
      host: 'sip',
      at: { http: 'http://{host}:9997/login', https: 'https://{host}:9998/login' },
      ports: [9997, 9998],
    },
    hosts: PRIVATE,
    form: { method: 'POST', username: 'username', password: 'password', carried: { uip: 'ip' } },
  },
  pfsense: {
    label: 'pfSense captive portal',
    source: 'pfSense captiveportal.inc (2.7)',
    names: { mac: ['mac'], ip: ['ip'], url: ['redirurl'] },
    place: { address: 'action', ports: [80, 443, [8000, 8999]] },
    hosts: PRIVATE,
    form: {
      method: 'POST',
      username: 'auth_user',
      password: 'auth_pass',
      constants: { accept: '1' },
      carried: { zone: 'zone' },
      back: 'redirurl',
    },
    limits: pfsenseLimits,
    reasks: true,
  },
  mikrotik: {
    label: 'MikroTik hotspot with RADIUS',
    source: 'help.mikrotik.com (RouterOS 7, hotspot customisation)',
    names: { mac: ['mac'], ip: ['ip'], ssid: ['srv'], url: ['dst'] },
    refused: ['err', /./],
    place: { address: 'login', ports: [80, 443], path: /^\/login$/ },
    hosts: PRIVATE,
    form: {
      method: 'GET',
      username: 'username',
      password: 'password',
      constants: { popup: 'false' },
      back: 'dst',
    },
    limits: mikrotikLimits,
  },
  omada: {
    label: 'TP-Link Omada, external RADIUS server',
    source: 'TP-Link Omada 5.3 and later (external web portal with RADIUS)',
    names: {
      mac: ['clientMac'],
      ip: ['clientIp'],
      ap: ['apMac', 'gatewayMac'],
      ssid: ['ssidName'],
      url: ['originUrl', 'redirectUrl'],
    },
    place: {
      host: 'target',
      at: {
        http: 'http://{host}:{port}/portal/radius/browserauth',
        https: 'https://{host}:{port}/portal/radius/browserauth',
      },
      port: { name: 'targetPort', otherwise: '8843' },
      scheme: 'scheme',
      ports: [80, 443, 8043, 8088, 8843],
    },
    hosts: PRIVATE,
    form: {
      method: 'POST',
      username: 'username',
      password: 'password',
      constants: { authType: '2' },
      carried: Object.fromEntries(
        ['clientMac', 'clientIp', 'apMac', 'gatewayMac', 'ssidName', 'vid', 'radioId'].map((name) => [
          name,
          name,
        ]),
      ),
      back: 'originUrl',
    },
  },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES | 'generic';
