import type { Server } from 'node:http';
import { EmulatorError, systemCode } from './emulator-error.ts';

/** Where to listen. */
export interface Address {
  /** 0: any free one. */
  readonly port: number;
  readonly host: string;
  /** Whether a host that other machines can reach is meant. */
  readonly allowNetwork: boolean;
}

/** Anyone who reaches the port has the account, so it is opened to the network only where that was said twice. */
const loopback: readonly string[] = ['127.0.0.1', '::1', 'localhost'];

/** Whether only this machine can reach the host. */
export function isLoopback(host: string): boolean {
  return loopback.includes(host);
}

/**
 * Opens the port.
 *
 * @returns the URL by which this machine reaches it
 * @throws EmulatorError when the port is taken or cannot be opened, and for a host of the network without the flag
 */
export async function listen(server: Server, { port, host, allowNetwork }: Address): Promise<string> {
  if (!isLoopback(host) && !allowNetwork) {
    const message = `The emulator does not listen on ${host}: it serves this machine only.`;
    const remedy = `Use one of ${loopback.join(', ')}. To let other machines have the whole account, also say --allow-network, in a program allowNetwork.`;
    throw new EmulatorError(message, remedy);
  }
  return await new Promise((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(port, host, error)));
    server.listen({ port, host }, () => {
      const address = server.address();
      const actual = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://${reachable(host)}:${actual}`);
    });
  });
}

/** Every address of the machine is no address that a client can ask for. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function cannotListen(port: number, host: string, error: Error): EmulatorError {
  const remedy = 'Choose another port with --port, or 0 for any free one.';
  const message =
    systemCode(error) === 'EADDRINUSE'
      ? `Port ${port} of ${host} is in use by another process.`
      : `Port ${port} of ${host} cannot be opened: ${error.message}.`;
  return new EmulatorError(message, remedy, { cause: error });
}
