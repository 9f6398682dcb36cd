import { readFileSync } from 'node:fs';
import type { ClientMac } from '../../domain/id.js';
import { type Driver, type DriverContext, DriverError, type Health } from '../driver.js';
import { createBatch } from './batch.js';
import { createFlows } from './flows.js';
import { createNeighbours } from './neighbours.js';
import type { NftablesFields } from './ruleset.js';
import type { Run } from './run.js';
import { look, type Surroundings, whyNot } from './surroundings.js';
import { createTable } from './table.js';

/** The table is looked at by every check, what surrounds it more rarely. */
const LOOK_EVERY_MS = 10_000;

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'boot';
  }
}

export function connect(run: Run, context: DriverContext<NftablesFields>): Driver {
  const { gateway, fields, guestPort, now, log } = context;
  const table = createTable({ gateway, fields, guestPort }, run, async (replaces) => {
    const reason = await whyNot(run, fields.interface, replaces);
    if (reason) throw new DriverError('misconfigured', reason);
  });
  const neighbours = createNeighbours(run, fields.interface);
  const flows = createFlows(run, log);
  const boot = bootId();
  /** Losses of the table that the last check knew of, and those after which strangers' flows were cut. */
  let seenLosses: number | undefined;
  let cutAfter: number | undefined;
  let looked: { at: number; seen: Surroundings } | undefined;

  async function clients() {
    const rows = await neighbours.all();
    for (const { ip, mac } of rows) flows.note(ip, mac);
    return rows;
  }

  const batch = createBatch(table, now, async ({ passing, cut }) => {
    // A client makes itself new IPv6 addresses at any time, so the table is read now.
    await clients().catch((error: unknown) => {
      if (!(error instanceof DriverError)) throw error;
    });
    await Promise.all([flows.forgetHijacked(passing), flows.cut(cut)]);
  });

  function order(mac: ClientMac, ips: readonly string[], until?: number): Promise<void> {
    for (const ip of ips) flows.note(ip, mac);
    return batch.add(mac, until);
  }

  async function surroundings(): Promise<Surroundings> {
    const fresh =
      looked && performance.now() - looked.at < LOOK_EVERY_MS && looked.seen.problems.length === 0;
    if (looked && fresh) return looked.seen;
    looked = { at: performance.now(), seen: await look(run, fields.interface) };
    return looked.seen;
  }

  /**
   * While there was no table everybody could begin a flow. By the next check after it was made, those with a grant are in it
   * again, and what the others began is cut.
   */
  async function cutStrangers(losses: number): Promise<void> {
    const madeBefore = seenLosses === losses;
    seenLosses = losses;
    if (!madeBefore || cutAfter === losses) return;
    cutAfter = losses;
    await clients();
    const passing = new Set((await table.elements()).map(({ mac }) => mac));
    await flows.cutOthers(passing, looked?.seen.guestNetworks ?? []);
  }

  async function check(): Promise<Health> {
    let losses = 0;
    try {
      const kept = await table.keep();
      losses = kept.losses;
      await cutStrangers(losses);
      const { present, problems, guestNetworks } = await surroundings();
      const rivals = kept.rivals.map(
        (chain) =>
          `Chain ${chain} of another gateway looks at ${fields.interface} too. If that gateway is no more: \`nft delete table inet foyer\`; what is still needed is back within 5 s.`,
      );
      return { ok: present, epoch: `${boot} ${losses}`, problems: [...problems, ...rivals], guestNetworks };
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      return { ok: false, epoch: `${boot} ${losses}`, problems: [error.message] };
    }
  }

  return {
    authorize: ({ mac, ips, until }) => order(mac, ips, until),
    deauthorize: ({ mac, ips }) => order(mac, ips),

    async sessions() {
      const elements = await table.elements();
      const at = now();
      return elements.map(({ mac, left }) => ({
        mac,
        // An element that someone made permanent has an end that no grant has.
        until: left === undefined ? Number.POSITIVE_INFINITY : at + left * 1000,
      }));
    },

    clients,

    async findClient(ip) {
      const client = await neighbours.find(ip);
      if (client) flows.note(client.ip, client.mac);
      return client;
    },

    check,

    /** The table stays: who was let in stays so until the end, nobody else comes in. */
    async close() {
      await batch.settled();
      await table.settled();
    },
  };
}
