import type { Server } from 'node:http';
import { isIP } from 'node:net';
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

/** The names by which the emulator may be called beside those that only this machine, or its neighbours, can be meant by. */
export interface Callers {
  readonly allowHosts: readonly string[];
  /** Whether other machines are let in: by what names they know this one is not known then. */
  readonly network: boolean;
}

/**
 * A web page may point a name of its own at 127.0.0.1 (DNS rebinding) and would then have the whole account. An address, a
 * name without a dot and one in `localhost` or `internal` (as `host.docker.internal`) can be no page's of the internet.
 * Judged.
 * @param sent the header `Host`
 * @returns a sentence with the remedy when the request is to be refused
 */
export function refuseHost({ allowHosts, network }: Callers, sent: string | undefined): string | undefined {
  if (network || sent === undefined || sent === '') return undefined;
  const host = hostnameOf(`http://${sent}`);
  const isNear =
    host !== undefined && (isIP(host) !== 0 || !host.includes('.') || /\.(localhost|internal)$/.test(host));
  if (isNear || includes(allowHosts, host)) return undefined;
  return `The emulator is not known as "${sent}". Start it with --allow-host ${host ?? 'NAME'}, in a program allowHosts, if it is meant.`;
}

/**
 * Browsers send control calls across origins without asking, and name the page in `Origin`; other clients send none.
 * A page of this machine, of the emulator itself or of an allowed host may.
 * @returns a sentence when the control call is to be refused
 */
export function refuseOrigin(
  { allowHosts }: Callers,
  sent: string | undefined,
  host: string | undefined,
): string | undefined {
  if (sent === undefined || (host !== undefined && sent === `http://${host}`)) return undefined;
  const name = hostnameOf(sent);
  const isHere = name === 'localhost' || name === '::1' || /\.localhost$|^127(\.\d+){3}$/.test(name ?? '');
  if (isHere || includes(allowHosts, name)) return undefined;
  return `Control calls are not taken from pages of ${sent}. Start the emulator with --allow-host ${name || 'NAME'}, in a program allowHosts, if they are meant.`;
}

function includes(allowed: readonly string[], name: string | undefined): boolean {
  return name !== undefined && allowed.some((host) => host.toLowerCase() === name);
}

/** In lower case, without brackets and the dot of the root; undefined where it is no URL, as `null` of a sandbox. */
function hostnameOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  return new URL(url).hostname.replace(/^\[|\]$|\.$/g, '');
}
