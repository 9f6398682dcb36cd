import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Teardown } from '../fixtures/redis.js';

/** The web server of one captive portal zone (ports 8000 + n), after OPNsense's lighttpd-zone.conf of f95e815. */

export interface ZoneServerOptions {
  /** The template's `index.html`. */
  page: string;
  /** As the router's tables have the client that asks. */
  client: { ip: string; mac: string };
  /** "Extended pre auth data". */
  extended?: boolean;
}

export async function startZoneServer(t: Teardown, { page, client, extended = false }: ZoneServerOptions) {
  let statusAs: 'json' | 'hangs' | 'fails' = 'json';
  let host = '';

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { url = '/', method, headers } = request;
    if (url.startsWith('/api/captiveportal/access/')) {
      if (statusAs === 'hangs') return;
      // lighttpd answers a POST that has no length with 411.
      const status = statusAs === 'fails' ? 503 : method === 'POST' && !headers['content-length'] ? 411 : 200;
      response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
      response.end(
        status === 200
          ? JSON.stringify({
              clientState: 'NOT_AUTHORIZED',
              ipAddress: client.ip,
              ...(extended ? { macAddress: client.mac } : {}),
              authType: 'normal',
            })
          : 'not now',
      );
      return;
    }
    if (headers.host !== host) {
      const name = (headers.host ?? '').split(':')[0];
      response.writeHead(302, { location: `http://${host}/index.html?redirurl=${name}${url}` });
      response.end();
      return;
    }
    const there = /^\/(?:index\.html)?(?:\?|$)/.test(url);
    response.writeHead(there ? 200 : 404, { 'content-type': 'text/html' });
    response.end(there ? page : '');
  }

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  host = `127.0.0.1:${port}`;
  t.teardown(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );

  return {
    url: `http://${host}`,
    /** Another name for it: to this server a page elsewhere, which it redirects. */
    elsewhere: `http://localhost:${port}`,
    statusIs: (as: typeof statusAs) => {
      statusAs = as;
    },
  };
}
