/** Pages that stand on the router itself where it has no portal of another machine: they send the visitor on, with what the router knows. */

const page = (address: string): string[] => [
  '<!doctype html>',
  '<html><head>',
  '<meta charset="utf-8">',
  `<meta http-equiv="refresh" content="0; url=${address}">`,
  '<title>Wi-Fi</title>',
  '</head><body>',
  `<a href="${address}">Continue</a>`,
  '</body></html>',
];

/**
 * pfSense writes its values as they are. What the visitor asked for stands last, since it may hold anything: of several
 * parameters of one name the first counts.
 */
export const pfsensePage = (enter: string): string[] =>
  page(
    `${enter}?mac=$CLIENT_MAC$&ip=$CLIENT_IP$&zone=$PORTAL_ZONE$&action=$PORTAL_ACTION$&redirurl=$PORTAL_REDIRURL$`,
  );

/** RouterOS has every value also percent-encoded. */
export const mikrotikPage = (enter: string): string[] =>
  page(
    `${enter}?mac=$(mac-esc)&ip=$(ip-esc)&srv=$(server-name-esc)&login=$(link-login-only-esc)&dst=$(link-orig-esc)&err=$(error-esc)`,
  );
