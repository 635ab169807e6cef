/** The door of OCPP: charging stations connect to `/ocpp/{operator}/{stationId}` on the server's own port. */
export { startCentralSystem, type CentralSystem } from './central-system.ts';
export { openSecurePort } from './secure-port.ts';
export { isStationUpgrade } from './upgrade.ts';
