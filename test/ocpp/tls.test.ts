/** Charging stations over TLS, with no proxy between. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, WebSocket } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSecurePort } from '../../src/protocols/ocpp/index.ts';
import { readConfig } from '../../src/platform/config/index.ts';
import { addStation, BOOT_2, type TestStation } from '../support/charger-bed.ts';
import { openWorld, type World } from '../support/world.ts';

let folder: string;
const file = (name: string) => join(folder, name);
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

/** An authority that signs itself. */
function authority(name: string): void {
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.crt`, '-subj', `/CN=${name}`, '-days', '2');
}

function certificate(name: string, by: string, alternative: string): void {
  writeFileSync(file(`${name}.ext`), `subjectAltName=${alternative}\n`);
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/O=ACME/CN=${name}`);
  openssl('x509', '-req', '-in', `${name}.csr`, '-CA', `${by}.crt`, '-CAkey', `${by}.key`, '-CAcreateserial', '-out', `${name}.crt`, '-days', '2', '-extfile', `${name}.ext`);
}

const keysOf = (name: string) => ({ cert: readFileSync(file(`${name}.crt`)), key: readFileSync(file(`${name}.key`)) });

describe('charging stations over TLS', () => {
  let w: World;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plugtime-tls-'));
    authority('servers');
    authority('stations');
    authority('others');
    certificate('server', 'servers', 'DNS:localhost,IP:127.0.0.1');
    certificate('TLS-3', 'stations', 'DNS:tls-3.example');
    certificate('FALSE-3', 'others', 'DNS:tls-3.example');
    w = await openWorld(undefined, {
      PLUGTIME_OCPP_TLS_CERT: file('server.crt'), PLUGTIME_OCPP_TLS_KEY: file('server.key'), PLUGTIME_OCPP_TLS_CLIENT_CA: file('stations.crt'), PLUGTIME_OCPP_TLS_PORT: '0',
      PLUGTIME_TRUST_PROXY: 'true',
    });
  });
  afterAll(async () => {
    await w.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const shake = ({ path, password }: TestStation, by?: string, headers = {}) => new Promise<number>((resolve, reject) => {
    const basic = password === undefined ? {} : { authorization: `Basic ${Buffer.from(`${path.split('/').at(-1)}:${password}`).toString('base64')}` };
    const request = httpsRequest({
      host: '127.0.0.1', port: w.app.securePort, path, ca: readFileSync(file('servers.crt')), ...(by === undefined ? {} : keysOf(by)),
      headers: {
        connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-protocol': 'ocpp1.6',
        ...basic, ...headers,
      },
    });
    request.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve(101);
    });
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    request.on('error', reject);
    request.end();
  });

  it('OCPP-3 profile 2 is a password over TLS, also without a proxy', async () => {
    const station = await addStation(w, { security_profile: 2 });
    expect(await shake(station)).toBe(101);
    expect(await shake({ ...station, password: 'wrong' })).toBe(401);
    expect(await shake(station, undefined, { upgrade: 'h2c' })).not.toBe(101);
  });

  it('OCPP-3 profile 3 is a certificate that we trust and that names this station; what headers say counts for nothing', async () => {
    const [mine, byDns, other] = [
      await addStation(w, { security_profile: 3, identity: 'TLS-3' }), await addStation(w, { security_profile: 3, identity: 'tls-3.example' }),
      await addStation(w, { security_profile: 3, identity: 'TLS-4' }),
    ];
    const header = { 'client-cert': `:${readFileSync(file('TLS-3.crt'), 'utf8').replaceAll(/-----[A-Z ]+-----|\n/g, '')}:` };
    expect(await shake(mine, 'TLS-3')).toBe(101);
    expect(await shake(byDns, 'TLS-3')).toBe(101);
    expect([await shake(other, 'TLS-3'), await shake(mine), await shake(byDns, 'FALSE-3'), await shake(mine, undefined, header)]).toEqual([401, 401, 401, 401]);
  });

  it('OCPP-3 speaks over it', async () => {
    const station = await addStation(w, { security_profile: 3, identity: 'TLS-3' }, { by: w.otherOperator });
    const dispatcher = new Agent({ connect: { ca: readFileSync(file('servers.crt')), ...keysOf('TLS-3') } });
    const socket = new WebSocket(`wss://127.0.0.1:${w.app.securePort}${station.path}`, { protocols: ['ocpp2.0.1'], dispatcher });
    const answer = new Promise<string>((resolve, reject) => {
      socket.addEventListener('message', ({ data }) => resolve(String(data)));
      socket.addEventListener('error', () => reject(new Error('refused')));
    });
    socket.addEventListener('open', () => socket.send(JSON.stringify([2, 'a', 'BootNotification', BOOT_2])));
    expect(JSON.parse(await answer)).toMatchObject([3, 'a', { status: 'Accepted' }]);
    expect(await station.connection()).toMatchObject({ online: true, protocol: 'ocpp2.0.1', security_profile: 3 });
    socket.close();
    await dispatcher.close();
  });

  it('OCPP-3 files that are not there, or a key without a certificate, are told at the start', async () => {
    const open = (env: Record<string, string>) => openSecurePort(readConfig(env), () => undefined, () => undefined);
    await expect(open({ PLUGTIME_OCPP_TLS_KEY: file('server.key') })).rejects.toThrow('PLUGTIME_OCPP_TLS_CERT');
    await expect(open({ PLUGTIME_OCPP_TLS_CERT: file('none.crt'), PLUGTIME_OCPP_TLS_KEY: file('server.key') })).rejects.toThrow('none.crt');
    expect(await open({})).toBeUndefined();
  });
});
