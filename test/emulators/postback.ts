import type { ClientMac } from '../../src/domain/id.js';
import type { Handoff } from '../../src/drivers/driver.js';
import type { PostbackFields } from '../../src/drivers/postback/index.js';
import type { Teardown } from '../fixtures/redis.js';
import { type NasOptions, startRadiusNas } from './radius-nas.js';

/**
 * Routers with a login form: how each sends a captive client to the portal, which form it takes, and how it answers, after
 * the vendors' pages. What the form brings is asked of RADIUS for the device that sent it.
 */

export type Named = Exclude<PostbackFields['profile'], 'generic'>;

interface Client {
  mac: string;
  ip: string;
}

interface Vendor {
  /** The query of the redirect. */
  redirect(client: Client, url: string): Record<string, string>;
  /** Where the form is taken, with the query that it has to have. */
  action: string;
  username: string;
  password: string;
  /** What else the form has to say, or it is not looked at. */
  wants: Record<string, string>;
  /** The field, or parameter, by which it is told where to go on to. */
  back?: string;
  /** How the portal is told of a refusal: what stands in the next redirect beside. */
  refused: Record<string, string>;
  /** Of a refused form the next redirect names the page of the form, not of the visitor. */
  keepsBack: boolean;
  method: 'GET' | 'POST';
}

const dashed = (mac: string): string => mac.toUpperCase().replaceAll(':', '-');

const ARUBA = {
  username: 'user',
  password: 'password',
  wants: { cmd: 'authenticate' },
  back: 'url',
  refused: { errmsg: 'Authentication failed' },
  keepsBack: true,
  method: 'POST' as const,
};

export const LOGIN_URL =
  'https://n143.network-auth.com/splash/login?mauth=MMNf5Qk1zVzRyPkZ-5bOeA2kYyU&continue_url=http%3A%2F%2Fx.example%2F';

export const VENDORS: Record<Named, Vendor> = {
  meraki: {
    redirect: ({ mac, ip }, url) => ({
      login_url: LOGIN_URL,
      continue_url: url,
      ap_mac: '00:18:0a:00:00:01',
      ap_name: 'AP 1',
      ap_tags: 'office',
      client_mac: mac,
      client_ip: ip,
    }),
    action: LOGIN_URL,
    username: 'username',
    password: 'password',
    wants: {},
    back: 'success_url',
    refused: { error_message: 'Access denied' },
    keepsBack: false,
    method: 'POST',
  },
  aruba: {
    ...ARUBA,
    redirect: ({ mac, ip }, url) => ({
      cmd: 'login',
      mac,
      essid: 'Guests',
      ip,
      apname: 'ap-1',
      apmac: '00:0b:86:00:00:01',
      vcname: 'instant-1',
      switchip: 'securelogin.arubanetworks.com',
      url,
    }),
    action: 'https://securelogin.arubanetworks.com/cgi-bin/login',
  },
  'aruba-instant-on': {
    ...ARUBA,
    redirect: ({ mac, ip }, url) => ({
      cmd: 'login',
      mac,
      ip,
      network: 'Guests',
      apmac: '00:0b:86:00:00:01',
      site: 'Office',
      post: 'securelogin.arubanetworks.com',
      url,
    }),
    action: 'https://securelogin.arubanetworks.com/cgi-bin/login',
  },
  cisco: {
    redirect: ({ mac }, url) => ({
      switch_url: 'https://192.0.2.1/login.html',
      ap_mac: '00:1b:0d:00:00:01',
      client_mac: mac,
      wlan: 'Guests',
      redirect: url,
    }),
    action: 'https://192.0.2.1/login.html',
    username: 'username',
    password: 'password',
    wants: { buttonClicked: '4', err_flag: '0' },
    back: 'redirect_url',
    refused: { statusCode: '5' },
    keepsBack: true,
    method: 'POST',
  },
  cambium: {
    redirect: ({ mac }, url) => ({
      ga_ssid: 'Guests',
      ga_ap_mac: '00-04-56-00-00-01',
      ga_nas_id: 'AP1',
      ga_srvr: '10.0.0.5',
      ga_cmac: dashed(mac),
      ga_Qv: 'eUROBR86HBgAGDEEVgQAGw4UWRUCACYVMgFPTFRZWFpfU1FGUVdFIn5ZRVZLBhMUMww.',
      ga_orig_url: url,
    }),
    action:
      'http://10.0.0.5:880/cgi-bin/hotspot_login.cgi?ga_ssid=Guests&ga_ap_mac=00-04-56-00-00-01&ga_nas_id=AP1&ga_srvr=10.0.0.5&ga_cmac=02-00-00-00-AA-01&ga_Qv=eUROBR86HBgAGDEEVgQAGw4UWRUCACYVMgFPTFRZWFpfU1FGUVdFIn5ZRVZLBhMUMww.',
    username: 'ga_user',
    password: 'ga_pass',
    wants: {},
    back: 'ga_orig_url',
    refused: { ga_error_code: 'reject' },
    keepsBack: true,
    method: 'POST',
  },
  'ruckus-zd': {
    redirect: ({ mac, ip }, url) => ({
      sip: '10.0.0.2',
      mac: '00249300000a',
      client_mac: mac.replaceAll(':', ''),
      uip: ip,
      lid: '',
      dn: '',
      ssid: 'Guests',
      url,
    }),
    action: 'http://10.0.0.2:9997/login',
    username: 'username',
    password: 'password',
    wants: { ip: '10.77.0.5' },
    refused: {},
    keepsBack: false,
    method: 'POST',
  },
  pfsense: {
    redirect: ({ mac, ip }, url) => ({
      mac,
      ip,
      zone: 'guests',
      action: 'http://10.0.0.1:8002/index.php?zone=guests',
      redirurl: url,
    }),
    action: 'http://10.0.0.1:8002/index.php?zone=guests',
    username: 'auth_user',
    password: 'auth_pass',
    wants: { accept: '1', zone: 'guests' },
    back: 'redirurl',
    refused: {},
    keepsBack: true,
    method: 'POST',
  },
  mikrotik: {
    redirect: ({ mac, ip }, url) => ({
      mac: mac.toUpperCase(),
      ip,
      srv: 'hotspot1',
      login: 'http://10.5.50.1/login',
      dst: url,
    }),
    action: 'http://10.5.50.1/login',
    username: 'username',
    password: 'password',
    wants: { popup: 'false' },
    back: 'dst',
    refused: {},
    keepsBack: true,
    method: 'GET',
  },
  omada: {
    redirect: ({ mac, ip }, url) => ({
      target: '10.0.0.3',
      targetPort: '8843',
      scheme: 'https',
      clientMac: dashed(mac),
      clientIp: ip,
      apMac: 'B8-FB-B3-00-00-01',
      ssidName: 'Guests',
      radioId: '1',
      originUrl: url,
    }),
    action: 'https://10.0.0.3:8843/portal/radius/browserauth',
    username: 'username',
    password: 'password',
    wants: {
      authType: '2',
      clientMac: '02-00-00-00-AA-01',
      clientIp: '10.77.0.5',
      apMac: 'B8-FB-B3-00-00-01',
      ssidName: 'Guests',
      radioId: '1',
    },
    back: 'originUrl',
    refused: {},
    keepsBack: false,
    method: 'POST',
  },
};

const CLIENT_IP = '10.77.0.5';

/** Every parameter that the wanted address has, the one sent has too. */
function isAt(action: string, sent: URL): boolean {
  const wanted = new URL(action);
  return (
    wanted.origin === sent.origin &&
    wanted.pathname === sent.pathname &&
    [...wanted.searchParams].every(
      ([name, value]) => name === 'ga_cmac' || sent.searchParams.get(name) === value,
    )
  );
}

/** A router of this vendor, in front of whom no browser stands but this one. */
export async function startPostback(t: Teardown, profile: Named, options: NasOptions) {
  const vendor = VENDORS[profile];
  const nas = await startRadiusNas(t, options);

  const query = (mac: ClientMac, url: string, more: Record<string, string> = {}): string =>
    new URLSearchParams({ ...vendor.redirect({ mac, ip: CLIENT_IP }, url), ...more }).toString();

  /** The form, as this device's browser sends it: where it is sent on to, or the query of another redirect to the portal. */
  async function send(mac: ClientMac, { method, url, ...more }: Handoff) {
    const sent = new URL(url);
    const fields: Record<string, string> =
      'fields' in more ? more.fields : Object.fromEntries(sent.searchParams);
    const fits =
      method === vendor.method &&
      isAt(vendor.action, sent) &&
      Object.entries(vendor.wants).every(
        ([name, value]) => fields[name] === value || (name === 'clientMac' && fields[name] === dashed(mac)),
      );
    if (!fits) return { status: 'not a login' as const };
    const back =
      vendor.back === undefined ? undefined : (fields[vendor.back] ?? sent.searchParams.get(vendor.back));
    const session = await nas.arrive(mac, {
      username: fields[vendor.username] ?? '',
      password: fields[vendor.password] ?? '',
    });
    if (session) return { status: 'in' as const, location: back ?? undefined };
    const next = vendor.keepsBack ? (back ?? '') : 'http://x.example/';
    return { status: 'refused' as const, query: query(mac, next, vendor.refused) };
  }

  /** pfSense: every minute about every session, with what the client logged in with. */
  async function askAgain(): Promise<void> {
    for (const { mac, login } of nas.sessions()) await nas.arrive(mac, login);
  }

  return { ...nas, query, send, askAgain };
}
