/** What a key can be allowed to do; the table of who may do what says the rest. */
export const SCOPES = [
  'locations:read', 'locations:write', 'stations:read', 'stations:write', 'policies:read', 'policies:write', 'tariffs:read', 'tariffs:write',
  'calendar:read', 'calendar:write', 'reservations:read',
  'reservations:write', 'sessions:read', 'sessions:write', 'drivers:read', 'drivers:write', 'programmes:read', 'programmes:write', 'wallets:read', 'payments:read',
  'payments:write', 'invoices:read', 'invoices:write', 'events:read', 'webhooks:read', 'webhooks:write', 'keys:read', 'keys:write', 'audit:read',
  'organisation:read', 'sandbox:write', 'notices:write', 'feedback:read', 'feedback:write',
] as const;
export type Scope = (typeof SCOPES)[number];

/** What a driver's own key can do at most; the table narrows it further. */
export const DRIVER_SCOPES: readonly Scope[] = [
  'locations:read', 'policies:read', 'tariffs:read', 'calendar:read', 'reservations:read', 'reservations:write', 'sessions:read', 'sessions:write', 'drivers:read',
  'programmes:read', 'programmes:write', 'wallets:read', 'payments:read', 'payments:write', 'invoices:read', 'events:read', 'organisation:read',
  'notices:write', 'feedback:read', 'feedback:write',
];
