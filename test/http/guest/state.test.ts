import t from 'tap';
import type { ClientMac, GatewayId } from '../../../src/domain/id.js';
import { createStateSeal } from '../../../src/http/guest/state.js';
import type { ProvenClient } from '../../../src/services/identity.js';

const MAC = '02:00:00:00:30:01' as ClientMac;
const client = { gateway: { id: 'router' as GatewayId }, mac: MAC } as ProvenClient;

/** Seals nothing, so that one can look inside. */
const glass = {
  seal: (_: string, __: string, text: string) => text,
  unseal: (_: string, __: string, sealed: string) => sealed,
};

t.test('a form carries who is meant and since when, and nothing else that the router said', async (t) => {
  const { redirect, openRedirect } = createStateSeal(glass, () => 7);
  const claim = {
    mac: MAC,
    keyed: true,
    ip: '10.0.0.9',
    ap: 'ap',
    ssid: 'Guests',
    url: 'http://a.example/?q=1',
  };
  const sealed = redirect('10.0.0.9', client, claim);
  t.same(JSON.parse(sealed), { gateway: 'router', mac: MAC, keyed: true, at: 7 });
  t.same(openRedirect('10.0.0.9', sealed), { gateway: 'router', mac: MAC, keyed: true, at: 7 });
});

t.test('what was keyed with another address than the one that was proven is looked up again', async (t) => {
  const { redirect } = createStateSeal(glass, () => 7);
  for (const claim of [{ keyed: true }, { keyed: true, mac: '02:00:00:00:30:02' as ClientMac }])
    t.match(JSON.parse(redirect('10.0.0.9', client, claim)), { keyed: false, mac: MAC });
});
