import type { AddressInfo, Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Log, Runtime } from '../runtime.js';
import { buildAdminServer } from './admin-server.js';
import { type CertificateDeps, createCertificate } from './certificate.js';
import { buildGuestServer } from './guest-server.js';
import { openPort } from './listen.js';
import { buildPeopleServer } from './people-server.js';

/** The ports that the listeners of this process got. */
export interface Ports {
  guest?: number;
  admin?: number;
  people?: number;
}

/** How a certificate that changes is learnt of. */
export type Renewal = Pick<CertificateDeps, 'read' | 'everyMs'>;

/**
 * The listeners of this process, by its roles:
 *
 * - guest: `/enter/:gateway`, `/`, `/pin`, `/status`, `/leave`, `/claim/:code`, `/captive-portal/api`, and the constant
 *   answer to every hijacked request
 * - admin: `/setup`, `/healthz`, `/readyz`, `/metrics`, `/api/v1`
 * - people: `/kiosk`, `/approve/:code`, `/healthz`
 */
export async function createServers(runtime: Runtime, log: Log, renewal?: Renewal) {
  const { config, now } = runtime;
  const { roles, tlsCert, tlsKey } = config;
  const certificate =
    tlsCert && tlsKey
      ? createCertificate({
          pair: { cert: tlsCert, key: tlsKey },
          read: () => undefined,
          now,
          log,
          ...renewal,
        })
      : undefined;
  const secured = certificate?.secured;
  const guest = roles.includes('guest') ? await buildGuestServer(runtime, log, {}, secured) : undefined;
  const admin = roles.includes('admin') ? await buildAdminServer(runtime, log, secured) : undefined;
  const people = roles.includes('people') ? await buildPeopleServer(runtime, log, secured) : undefined;

  async function listen(server: FastifyInstance, name: string, host: string, port: number): Promise<number> {
    const variables = { host: `${name}HOST`, port: `${name}PORT` };
    await openPort(variables, host, port, (on) => server.listen({ host: on, port }));
    return ((server.server as Server).address() as AddressInfo).port;
  }

  return {
    guest,
    admin,
    people,
    certificate,
    async listen(): Promise<Ports> {
      const ports = {
        ...(guest ? { guest: await listen(guest, '', config.host, config.port) } : {}),
        ...(admin ? { admin: await listen(admin, 'ADMIN_', config.adminHost, config.adminPort) } : {}),
        ...(people ? { people: await listen(people, 'PEOPLE_', config.peopleHost, config.peoplePort) } : {}),
      };
      certificate?.start();
      return ports;
    },
    async close(): Promise<void> {
      certificate?.stop();
      await Promise.all([guest, admin, people].map((server) => server?.close()));
    },
  };
}
