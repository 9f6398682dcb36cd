import { isIP } from 'node:net';
import { DriverError, type RouterFile, type RulesContext } from '../driver.js';
import { type MikrotikFields, profileOf } from './fields.js';
import { markPrefix } from './marks.js';
import { VARIABLES } from './redirect.js';

const heading = (text: string): string => `# ---- ${text}`;

/** The portal as guests reach it. */
function portalOf({ portalUrl, guestPort }: RulesContext<MikrotikFields>) {
  const origin = portalUrl ?? `http://ADDRESS:${guestPort}`;
  const { hostname, port, protocol } = new URL(origin.replace('ADDRESS', 'address.invalid'));
  const number = port || (protocol === 'https:' ? '443' : '80');
  return { origin, host: portalUrl === undefined ? 'ADDRESS' : hostname, port: number };
}

const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Every variable in its escaped form: a visitor chooses some of them. */
function loginPage(context: RulesContext<MikrotikFields>): string {
  const variables = Object.entries(VARIABLES).map(([name, variable]) => `${name}=$(${variable})`);
  const target = html(`${portalOf(context).origin}/enter/${context.gateway}?${variables.join('&')}`);
  return [
    '<!doctype html>',
    '<html><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="refresh" content="0; url=${target}">`,
    `<title>Wi-Fi</title></head>`,
    `<body><p><a href="${target}">Wi-Fi</a></p></body></html>`,
  ].join('\n');
}

/** Text in a string of a RouterOS command. */
const quoted = (text: string): string => `"${text.replace(/["\\$?]/g, '\\$&')}"`;

function commands(context: RulesContext<MikrotikFields>): string[] {
  const { fields, gateway, captiveApiUrl } = context;
  const { host, port } = portalOf(context);
  const router = new URL(fields.url);
  const hotspot = fields.hotspot ? quoted(fields.hotspot) : 'HOTSPOT';
  const profile = profileOf(fields);
  const garden = quoted(`${markPrefix(gateway)}portal`);
  const to = host === 'ADDRESS' || isIP(host) === 4 ? `dst-address=${host}` : `dst-host=${quoted(host)}`;
  const address = 'address=FOYER_ADDRESS';
  return [
    heading('In the terminal of the router'),
    '# FOYER_ADDRESS: where Foyer calls from, as 192.0.2.10/32. PASSWORD: what the field password has.',
    ...(fields.hotspot ? [] : ['# HOTSPOT: the name of the hotspot, from `/ip/hotspot/print`.']),
    ...(host === 'ADDRESS' ? ['# ADDRESS: the address at which guests reach Foyer.'] : []),
    '',
    '# The REST API, by https and to Foyer only. Without a certificate of your own, two lines make one.',
    `/certificate/add name=foyer-rest common-name=${quoted(router.hostname)} days-valid=3650 key-usage=key-cert-sign,crl-sign,digital-signature,key-encipherment,tls-server`,
    '/certificate/sign foyer-rest',
    `/ip/service/set www-ssl certificate=foyer-rest disabled=no ${address} port=${router.port || '443'}`,
    '',
    '# Who calls it.',
    '/user/group/add name=foyer policy=read,write,rest-api',
    `/user/add name=${quoted(fields.username)} group=foyer ${address} password="PASSWORD"`,
    '',
    '# What devices get: one login each, not by a cookie, not ended by sleep.',
    `/ip/hotspot/user/profile/add name=${quoted(profile)} shared-users=1 add-mac-cookie=no idle-timeout=none keepalive-timeout=none`,
    '',
    '# The way in is the portal only, and Foyer logs devices in.',
    `/ip/hotspot/profile/set [/ip/hotspot/get ${hotspot} profile] login-by=http-pap`,
    '',
    '# The portal is reached before that, also by https.',
    `/ip/hotspot/walled-garden/ip/add action=accept protocol=tcp dst-port=${port} ${to} comment=${garden}`,
    ...(captiveApiUrl === undefined
      ? []
      : [
          '',
          '# Devices are told of the portal by DHCP (RFC 8910): then dhcp-option=foyer in /ip/dhcp-server/network.',
          `/ip/dhcp-server/option/add name=foyer code=114 value=${quoted(`s'${captiveApiUrl}'`)}`,
        ]),
    '',
    '# Every call is a line in the router’s log otherwise.',
    '# /system/logging/set [find where topics="info"] topics=info,!account',
  ];
}

/** What is typed on the router, and the page that it is given. */
export async function rules(context: RulesContext<MikrotikFields>): Promise<string> {
  return `${[
    ...commands(context),
    '',
    heading('login.html, and the same once more as rlogin.html: one hop less'),
    `# As files: foyer gateway rules ${context.gateway} --out FOLDER`,
    '# Into the html-directory of the server profile: scp login.html rlogin.html admin@ROUTER:/hotspot/',
    '# (on a router with flash: /flash/hotspot/). Without this line and those above.',
    loginPage(context),
  ].join('\n')}\n`;
}

export async function files(context: RulesContext<MikrotikFields>): Promise<RouterFile[]> {
  if (context.portalUrl === undefined)
    throw new DriverError(
      'misconfigured',
      'Set PORTAL_URL to the address at which guests reach Foyer: it goes into the page.',
    );
  const content = Buffer.from(`${loginPage(context)}\n`);
  return ['login.html', 'rlogin.html'].map((name) => ({ name, content }));
}
