/** The variables that set where a listener listens. */
export interface ListenVariables {
  host: string;
  port: string;
}

/** A port that cannot be had, with what the operator has to change. */
export class PortError extends Error {}

/** Opens a port by `open`. On a machine without IPv6 the dual-stack default becomes IPv4. */
export async function openPort(
  variables: ListenVariables,
  host: string,
  port: number,
  open: (host: string) => Promise<unknown>,
): Promise<void> {
  try {
    await open(host).catch((error: NodeJS.ErrnoException) => {
      const noIpv6 = ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(error.code ?? '');
      if (host !== '::' || !noIpv6) throw error;
      return open('0.0.0.0');
    });
  } catch (error) {
    // Of another port that is opened on the way to this one.
    if (error instanceof PortError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const named = `${variables.host}=${host} with ${variables.port}=${port}`;
    throw new PortError(
      `${named} cannot be listened on: ${reason}. Something else may listen there; choose another, or end that.`,
      { cause: error },
    );
  }
}
