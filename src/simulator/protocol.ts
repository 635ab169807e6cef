/** The versions of OCPP that a virtual station speaks. */
export type Protocol = 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';
export const PROTOCOLS: readonly Protocol[] = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'];
