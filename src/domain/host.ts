import { listedHosts } from './hosts-list.js';
import type { Settings } from './settings.js';
import { domainAllows } from './walk-in.js';

/** May whoever reads the mail of this address register visitors here? Addresses of the list, and of the domains that are allowed. */
export function mayHost(email: string, values: Settings): boolean {
  if (!values['hosts.register']) return false;
  const address = email.trim().toLowerCase();
  return (
    domainAllows(address, values['hosts.domains']) ||
    listedHosts(values['walkIns.hosts']).some((one) => one.email.toLowerCase() === address)
  );
}

/** The name by which the list knows an address; else the address. */
export const hostName = (email: string, values: Settings): string =>
  listedHosts(values['walkIns.hosts']).find((one) => one.email.toLowerCase() === email.toLowerCase())?.name ??
  email;
