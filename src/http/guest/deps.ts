import type { Config } from '../../config.js';
import type { Sealing } from '../../domain/sealing.js';
import type { Captive } from '../../services/captive.js';
import type { GatewayRegistry } from '../../services/gateways.js';
import type { Identity } from '../../services/identity.js';
import type { RedeemService } from '../../services/redeem.js';
import type { SettingsService } from '../../services/settings.js';
import type { TermsService } from '../../services/terms.js';
import type { Unproven } from '../../services/unproven.js';
import type { Untold } from '../../services/untold.js';
import type { VisitService } from '../../services/visits.js';
import type { WalkInService } from '../../services/walk-ins.js';

/** What the guest listener needs of the product; a `Runtime` has all of it. */
export interface GuestDeps {
  config: Pick<Config, 'portalUrl' | 'trustProxy' | 'tlsCert' | 'tlsKey' | 'tlsPort' | 'host'>;
  services: {
    redeem: RedeemService;
    identity: Identity;
    captive: Captive;
    registry: GatewayRegistry;
    settings: SettingsService;
    terms: TermsService;
    untold: Untold;
    unproven: Unproven;
    visits: VisitService;
    walkIns: Pick<WalkInService, 'begin' | 'ofClient'>;
  };
  sealing: Sealing;
  /** Epoch milliseconds. */
  now: () => number;
  /** False while the clock gives no decisions. */
  decisions: () => boolean;
}

export interface GuestLog {
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}
