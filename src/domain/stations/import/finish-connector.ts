/** From connector drafts to connectors: what is missing is completed, what can't be is left out with a warning. */
import { CONNECTOR_FORMATS, connectorStandardOf, POWER_TYPES } from '../enums.ts';
import { type ConnectorInput, powerFromElectrics } from '../location.ts';
import type { ConnectorDraft } from './draft.ts';
import { inferPowerType, lineToNeutralV, typicalElectrics } from './electrics.ts';
import { warn } from './record.ts';
import { cleanText, NAME_LENGTH_MAX, oneOf, shorten, TEXT_LENGTH_MAX } from './values.ts';

const POWER_MAX_W = 4_000_000;
const VOLTAGE_MAX_V = 2_000;
const AMPERAGE_MAX_A = 5_000;

/**
 * @param ref the connector's id within its EVSE
 * @param place how warnings name the EVSE, `EVSE 4711` for example
 */
export function finishConnector(draft: ConnectorDraft, ref: string, place: string, warnings: string[]): ConnectorInput | undefined {
  const standard = connectorStandardOf(draft.standard ?? '');
  if (standard === undefined) {
    warn(warnings, 'connector_standard_unknown', `connector ${shorten(ref, 60)} of ${place} has the standard "${shorten(draft.standard ?? '', 60)}"`);
    return undefined;
  }
  const told = draft.maxPowerW;
  if (told !== undefined && !(told >= 0 && told <= POWER_MAX_W)) {
    warn(warnings, 'connector_power_invalid', `connector ${shorten(ref, 60)} of ${place} has ${told} W; 1 to ${POWER_MAX_W} W are possible`);
    return undefined;
  }
  const electrics = finishElectrics(draft, standard, place, warnings);
  return {
    ref: shorten(ref, NAME_LENGTH_MAX),
    standard,
    format: oneOf(CONNECTOR_FORMATS, draft.format) ?? typicalElectrics(standard).format,
    ...electrics,
    tariffIds: (draft.tariffIds ?? []).flatMap((id) => cleanText(id, NAME_LENGTH_MAX, 'tariff id', warnings) ?? []),
    termsAndConditions: cleanText(draft.termsAndConditions, TEXT_LENGTH_MAX, 'terms and conditions', warnings),
  };
}

type FinishedElectrics = Pick<ConnectorInput, 'powerType' | 'maxVoltageV' | 'maxAmperageA' | 'maxPowerW'>;

function finishElectrics(draft: ConnectorDraft, standard: ConnectorInput['standard'], place: string, warnings: string[]): FinishedElectrics {
  const typical = typicalElectrics(standard);
  const told = { powerW: withinOrNone(draft.maxPowerW, POWER_MAX_W), voltageV: withinOrNone(draft.maxVoltageV, VOLTAGE_MAX_V) };
  const amperageA = withinOrNone(draft.maxAmperageA, AMPERAGE_MAX_A);
  const powerType = oneOf(POWER_TYPES, draft.powerType) ?? inferPowerType(standard, told.powerW, told.voltageV);
  // A typical voltage fits the typical power type only: a Type 1 connector said to be DC must not get 230 V.
  const usualV = (powerType === 'DC') === (typical.powerType === 'DC') ? typical.voltageV : powerType === 'DC' ? 400 : 230;
  const neutralV = lineToNeutralV(powerType, told.voltageV ?? usualV);
  if (told.powerW === undefined && (told.voltageV === undefined || amperageA === undefined)) {
    warn(warnings, 'power_assumed', `${place} does not say what its ${standard} gives`);
  }
  const phases = powerFromElectrics(powerType, 1, 1);
  const currentA = amperageA ?? Math.max(1, Math.round(told.powerW === undefined ? typical.amperageA : told.powerW / (neutralV * phases)));
  return {
    powerType,
    maxVoltageV: Math.round(draft.voltageIsLineToNeutral === true ? (told.voltageV ?? neutralV) : neutralV) || 1,
    maxAmperageA: Math.round(currentA) || 1,
    maxPowerW: Math.min(POWER_MAX_W, Math.max(1, Math.round(told.powerW ?? powerFromElectrics(powerType, neutralV, currentA)))),
  };
}

/** Zero and nonsense count as not told. */
function withinOrNone(value: number | undefined, max: number): number | undefined {
  return value !== undefined && value > 0 && value <= max ? value : undefined;
}
