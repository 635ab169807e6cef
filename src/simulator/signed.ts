/** Signed meter values in the format of OCMF, by a key of this process: whoever reads them is told that nothing was measured. */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { iso } from './metering.ts';
import type { Station, Transaction } from './model.ts';

let keys: { privateKey: KeyObject; publicKeyHex: string } | undefined;

function ownKeys() {
  if (keys) return keys;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  keys = { privateKey, publicKeyHex: publicKey.export({ type: 'spki', format: 'der' }).toString('hex') };
  return keys;
}

export interface SignedValue {
  /** `OCMF|{…}|{…}` */
  data: string;
  /** as hexadecimal DER */
  publicKey: string;
}

export function signedValue(station: Station, { connector, startedAt, endedAt, meterStartWh, meterStopWh, tag }: Transaction): SignedValue {
  const shift = station.clockOffsetMs + (station.faults.clockOffsetMs ?? 0);
  const reading = (TX: string, at: number, wh: number) => (
    { TM: `${iso(at + shift).replace('.', ',').replace('Z', '+0000')} S`, TX, RV: wh / 1_000, RI: '1-b:1.8.0', RU: 'kWh', ST: 'G' });
  const payload = JSON.stringify({
    FV: '1.0', GI: 'SIMULATED by Plugtime', GS: station.options.serialNumber ?? station.options.identity, PG: `T${connector.number}`, MV: 'SIMULATED', MM: 'SIMULATED',
    MS: `${station.options.identity}-${connector.number}`, IS: tag !== undefined, IT: 'ISO14443', ID: tag?.value ?? '',
    RD: [reading('B', startedAt, meterStartWh), reading('E', endedAt ?? startedAt, meterStopWh ?? meterStartWh)],
  });
  const { privateKey, publicKeyHex } = ownKeys();
  const signature = createSign('sha256').update(payload).sign(privateKey).toString('hex');
  return { data: `OCMF|${payload}|${JSON.stringify({ SA: 'ECDSA-secp256r1-SHA256', SD: signature })}`, publicKey: publicKeyHex };
}
