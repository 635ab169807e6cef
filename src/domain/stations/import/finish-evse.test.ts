import { describe, expect, it } from 'vitest';
import { CONNECTOR_STANDARDS } from '../enums.ts';
import type { ConnectorDraft } from './draft.ts';
import { finishEvses } from './finish-evse.ts';

function finish(...connectors: ConnectorDraft[]) {
  const warnings: string[] = [];
  const [evse] = finishEvses([{ uid: 'E', connectors }], warnings);
  return { connectors: evse?.connectors ?? [], warnings: warnings.map((text) => text.split(':')[0]) };
}

describe('connectors', () => {
  it('get a free number where the source names none', () => {
    const { connectors } = finish({ standard: 'CCS2' }, { ref: '2', standard: 'CHAdeMO' }, { standard: 'Type 2' }, { ref: '1', standard: 'Type 1' });
    expect(connectors.map((connector) => connector.ref)).toEqual(['3', '2', '4', '1']);
  });

  it('get what their standard usually gives, whatever the standard, and the report says so', () => {
    for (const standard of CONNECTOR_STANDARDS) {
      const { connectors, warnings } = finish({ standard });
      expect(connectors[0]?.maxPowerW, standard).toBeGreaterThan(1_000);
      expect(warnings).toEqual(['power_assumed']);
    }
  });

  it('get a current that fits their power', () => {
    const figures = (draft: ConnectorDraft) =>
      finish(draft)
        .connectors.map((connector) => [connector.powerType, connector.maxVoltageV, connector.maxAmperageA, connector.maxPowerW])
        .flat();
    expect(figures({ standard: 'Type 2', maxPowerW: 22_000 })).toEqual(['AC_3_PHASE', 230, 32, 22_000]);
    expect(figures({ standard: 'Type 2', maxPowerW: 3_700 })).toEqual(['AC_1_PHASE', 230, 16, 3_700]);
    expect(figures({ standard: 'CCS2', maxPowerW: 150_000, maxVoltageV: 0, maxAmperageA: 0 })).toEqual(['DC', 400, 375, 150_000]);
    expect(figures({ standard: 'Type 1', powerType: 'DC', maxPowerW: 20_000 })).toEqual(['DC', 400, 50, 20_000]);
    expect(figures({ standard: 'CCS2', maxPowerW: 0.4 })).toEqual(['DC', 400, 1, 1]);
  });

  it('IMP-5: with power that can not be are left out', () => {
    for (const maxPowerW of [-1, 4_000_001, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(finish({ standard: 'CCS2', maxPowerW }).warnings).toEqual(['connector_power_invalid', 'evse_without_connectors']);
    }
    expect(finish(...Array.from({ length: 150 }, () => ({ standard: 'CCS2', maxPowerW: 1_000 })))).toMatchObject({
      connectors: { length: 100 },
      warnings: ['value_invalid'],
    });
  });
});
