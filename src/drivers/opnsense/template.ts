import { zipSync } from 'fflate';
import { DriverError, type RouterFile, type RulesContext } from '../driver.js';
import type { OpnsenseFields } from './fields.js';
import { URL_MOST } from './redirect.js';

/** The page that OPNsense shows to a client that does not pass: it has no setting for a portal elsewhere. */

/** OPNsense answers within a second; a client that is not told its address is known to Foyer by that address anyway. */
const STATUS_MS = 4000;

const inMarkup = (text: string): string => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
const inScript = (text: string): string => JSON.stringify(text).replace(/</g, '\\u003c');

/** Where the page leads: with the zone, and what the script adds. */
export const enterUrl = (portal: string, { gateway, fields }: RulesContext<OpnsenseFields>): string =>
  `${portal.replace(/\/$/, '')}/enter/${gateway}?zone=${fields.zone}`;

/**
 * `index.html`. The router tells the MAC only to a script on this page, and only with "Extended pre auth data"; without a
 * script the zone is all that can be forwarded. What OPNsense puts after `redirurl=` is not encoded, and is the rest of
 * the query.
 */
export function templatePage(target: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Wi-Fi</title>
<noscript><meta http-equiv="refresh" content="0; url=${inMarkup(target)}"></noscript>
</head>
<body>
<p><a href="${inMarkup(target)}">Sign in to the Wi-Fi</a></p>
<script>
(function () {
  var target = ${inScript(target)};
  var gone = false;
  function add(name, value) {
    if (typeof value === 'string' && value) target += '&' + name + '=' + encodeURIComponent(value);
  }
  function go(text) {
    if (gone) return;
    gone = true;
    try {
      var told = JSON.parse(text);
      add('ip', told.ipAddress);
      add('mac', told.macAddress);
    } catch (e) {}
    try {
      add('redirurl', (/[?&]redirurl=(.*)$/.exec(location.search) || [])[1].slice(0, ${URL_MOST}));
    } catch (e) {}
    location.replace(target);
  }
  function none() { go(''); }
  setTimeout(none, ${STATUS_MS});
  var request = new XMLHttpRequest();
  request.onload = function () { go(request.responseText); };
  request.onerror = none;
  request.open('POST', '/api/captiveportal/access/status/');
  request.send('');
})();
</script>
</body>
</html>
`;
}

/** The zip that is uploaded. What is not in it stays as in OPNsense's own template. */
export async function files(context: RulesContext<OpnsenseFields>): Promise<RouterFile[]> {
  if (context.portalUrl === undefined)
    throw new DriverError(
      'misconfigured',
      'The template for OPNsense leads to where guests reach Foyer: set PORTAL_URL first.',
    );
  const page = Buffer.from(templatePage(enterUrl(context.portalUrl, context)));
  // One time for all, so that the same settings make the same file.
  const zip = zipSync({ 'index.html': [page, { mtime: '2026-01-01T00:00:00' }] });
  return [{ name: `foyer-${context.gateway}-zone-${context.fields.zone}.zip`, content: Buffer.from(zip) }];
}
