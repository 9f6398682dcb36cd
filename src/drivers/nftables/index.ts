import { isIP } from 'node:net';
import { parseMac } from '../../domain/mac.js';
import type { DriverKind } from '../driver.js';
import { connect } from './connect.js';
import { rules } from './rules.js';
import { fields, type NftablesFields } from './ruleset.js';
import { type Run, runHere } from './run.js';

export type { NftablesFields };

/** One nft at a time: two of one machine would only wait for each other's transaction, or fail over it. */
function oneNft(run: Run): Run {
  let tail: Promise<unknown> = Promise.resolve();
  return (program, args, input) => {
    if (program !== 'nft') return run(program, args, input);
    const next = tail.then(() => run(program, args, input));
    tail = next.catch(() => undefined);
    return next;
  };
}

/** The kind, with its programs run by `run`: tests have them run in another network namespace. */
export function createNftables({ run: anyRun }: { run: Run }): DriverKind<NftablesFields> {
  const run = oneNft(anyRun);
  return {
    kind: 'nftables',
    label: 'Linux router (nftables)',
    fields,
    capabilities: [
      {
        mode: '',
        orders: 'told',
        end: 'to the second, by the kernel itself',
        lagSeconds: 1,
        extend: true,
        revoke: true,
        list: true,
        identity: true,
        limits: false,
        remarks:
          'Foyer runs on the router itself and needs CAP_NET_ADMIN and conntrack. It filters forwarding in table `inet foyer`; address translation, and what guests reach on the router itself, stay the router’s. While Foyer is not running the kernel still cuts at the end, but a UDP stream that somebody outside keeps sending to a device goes on until Foyer is back. Who copies the MAC of an admitted device passes as that device.',
      },
    ],
    defaults: { trust: 'verify', guestNetworks: [] },
    // Seconds are rounded up when they are told and down when they are listed.
    toleranceMs: 3000,
    checkEveryMs: 2000,

    /** The portal itself answers the hijacked connections and knows the client by its source address: a query is not needed. */
    parseRedirect({ mac: macText, ip, url }) {
      const mac = macText === undefined ? undefined : parseMac(macText);
      if (macText !== undefined && !mac) return undefined;
      if (ip !== undefined && isIP(ip) === 0) return undefined;
      return {
        ...(mac ? { mac } : {}),
        ...(ip === undefined ? {} : { ip }),
        ...(url === undefined ? {} : { url }),
        keyed: false,
      };
    },

    takes: ({ interface: device }) => ({ field: 'interface', thing: `interface ${device}` }),
    connect: (context) => connect(run, context),
    rules: (context) => rules(run, context),
  };
}

export const nftables = createNftables({ run: runHere });
