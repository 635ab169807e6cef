/** OCPI 2.2.1. */
export { checkTariffs } from './conformance.ts';
export { priceReport, type PriceRequest } from './price-report.ts';
