import { createApiKeyStore } from './api-keys.js';
import { createAttemptStore } from './attempts.js';
import { createBlockStore } from './blocks.js';
import { createClientStore } from './clients.js';
import { createCommandStore } from './commands.js';
import { createCredentialStore } from './credentials.js';
import { createDeskStore } from './desks.js';
import { createEventStore } from './events.js';
import { createGatewayTestStore } from './gateway-tests.js';
import { createGatewayStore } from './gateways.js';
import { createGrantStore } from './grants.js';
import { createHostStore } from './hosts.js';
import { createLeaseStore } from './leases.js';
import { createLoginStore } from './logins.js';
import { createMailStore } from './mails.js';
import { createPersonStore } from './persons.js';
import { createProviderStore } from './provider.js';
import type { RedisClient } from './scripts.js';
import { createSessionStore } from './sessions.js';
import { createSettingsStore } from './settings.js';
import { createSiteStore } from './sites.js';
import { createTeamStore } from './team.js';
import { createTemplateStore } from './templates.js';
import { createTermsStore } from './terms.js';
import { createTokenStore } from './tokens.js';
import { createVisitBatchStore } from './visit-batch.js';
import { createVisitReads } from './visit-reads.js';
import { createVisitStore } from './visits.js';
import { createWalkInStore } from './walk-ins.js';
import { createWebhookStore } from './webhooks.js';

export type Stores = ReturnType<typeof createStores>;

/** One store per noun. */
export const createStores = (redis: RedisClient) => ({
  apiKeys: createApiKeyStore(redis),
  attempts: createAttemptStore(redis),
  blocks: createBlockStore(redis),
  clients: createClientStore(redis),
  credentials: createCredentialStore(redis),
  commands: createCommandStore(redis),
  desks: createDeskStore(redis),
  events: createEventStore(redis),
  gateways: createGatewayStore(redis),
  gatewayTests: createGatewayTestStore(redis),
  grants: createGrantStore(redis),
  hosts: createHostStore(redis),
  leases: createLeaseStore(redis),
  mails: createMailStore(redis),
  logins: createLoginStore(redis),
  persons: createPersonStore(redis),
  provider: createProviderStore(redis),
  sessions: createSessionStore(redis),
  settings: createSettingsStore(redis),
  sites: createSiteStore(redis),
  team: createTeamStore(redis),
  templates: createTemplateStore(redis),
  terms: createTermsStore(redis),
  tokens: createTokenStore(redis),
  visitReads: createVisitReads(redis),
  visits: createVisitStore(redis),
  visitBatch: createVisitBatchStore(redis),
  walkIns: createWalkInStore(redis),
  webhooks: createWebhookStore(redis),
});
