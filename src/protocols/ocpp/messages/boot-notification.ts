import { noteBooted } from '../../../domain/arming/index.ts';
import { noteBoot, type BootInfo } from '../../../domain/chargers/index.ts';
import { toRfc3339 } from '../../../platform/clock/index.ts';
import type { Handler, Payload } from '../message.ts';

interface Boot16 {
  chargePointVendor: string;
  chargePointModel: string;
  chargePointSerialNumber?: string;
  chargeBoxSerialNumber?: string;
  firmwareVersion?: string;
  iccid?: string;
  imsi?: string;
}

interface Boot2 {
  reason: string;
  chargingStation: { vendorName: string; model: string; serialNumber?: string; firmwareVersion?: string; modem?: { iccid?: string; imsi?: string } };
}

/** The station has started: it is told our time, and how often to send a Heartbeat. */
export const bootNotification: Handler = async (ctx, { link, version, heartbeatSeconds }, payload) => {
  await noteBoot(ctx, link, bootInfo(version, payload));
  noteBooted(ctx, link);
  return { currentTime: toRfc3339(ctx.now), interval: heartbeatSeconds, status: 'Accepted' };
};

/** What a station tells of itself, in whichever version. */
export function bootInfo(version: string, payload: Payload): BootInfo {
  if (version === 'ocpp1.6') {
    const { chargePointVendor: vendor, chargePointModel: model, chargePointSerialNumber, chargeBoxSerialNumber, firmwareVersion, iccid, imsi } = payload as unknown as Boot16;
    return { vendor, model, serialNumber: chargePointSerialNumber ?? chargeBoxSerialNumber, firmwareVersion, iccid, imsi };
  }
  const { reason, chargingStation: { vendorName: vendor, model, serialNumber, firmwareVersion, modem } } = payload as unknown as Boot2;
  return { vendor, model, serialNumber, firmwareVersion, iccid: modem?.iccid, imsi: modem?.imsi, reason };
}
