export { chargingPowerW, type Driver, type PowerPoint, type Vehicle, type VehicleInput, type VehicleLimits } from './driver.ts';
export { afterNoShow, isBanned, type NoShowCount } from './no-shows.ts';
export { mergeMetadata, MOST_METADATA } from './metadata.ts';
export { findVehicle as loadVehicle, findVehicles as loadVehicles, findDriver as loadDriver, lockDriver } from './store.ts';
export { normalUid, type Token } from './token.ts';
export { addToken, appTokenOf, findTokenByUid, listTokens, newTokenUid, removeToken, updateToken } from './tokens.ts';
export {
  addVehicle, clearNoShows, countLoss, countNoShow, createDriver, getDriver, getVehicle, issueDriverKey, listDrivers, listVehicles, removeVehicle, updateDriver, type DriverInput,
} from './use-cases.ts';
