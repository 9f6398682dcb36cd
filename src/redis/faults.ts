import { NotReplicatedError } from './scripts.js';

/** The client's own words for a server that is away, hangs, or went while a command was under way. */
const AWAY =
  /^(?:Command timed out|Command aborted|Connection is closed|Stream isn't writeable|connect |read |write |Socket timeout|None of startup nodes|Node is disconnected|Cluster (?:is|isn't) |Too many Cluster redirections|All sentinels are unreachable)/;
/** Answers of a server that cannot work at the moment: loading, demoted, partitioned, full. */
const UNABLE =
  /^(?:LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MISCONF|NOREPLICAS|OOM|BUSY|UNBLOCKED|MOVED|ASK|NOAUTH|WRONGPASS) ?/;
const NAMES = new Set(['MaxRetriesPerRequestError', 'AbortError', 'ClusterAllFailedError']);

/** True where the fault lies with Redis and passes with it: nothing was decided that the caller could rely on. */
export function isRedisFault(error: unknown): boolean {
  if (error instanceof NotReplicatedError) return true;
  if (!(error instanceof Error)) return false;
  return NAMES.has(error.name) || AWAY.test(error.message) || UNABLE.test(error.message);
}
