export { admit, type Admission, type Presented } from './admission.ts';
export { Superseded, type BootInfo, type Link, type StationConnection } from './connection.ts';
export {
  connectStation, getConnection, loseConnection, noteBoot, noteProgress, sweepConnections, touch, type ConnectionView,
} from './connections.ts';
export { type SecurityProfile, type StationIdentity } from './identity.ts';
export { removeCredentials, setCredentials, type CredentialsInput } from './provisioning.ts';
export { keepReport, listConnectors, listStationReports, reportConnector } from './reports.ts';
export { renewLeases } from './store.ts';
export { type ConnectorReport, type StationReport } from './store-reports.ts';
