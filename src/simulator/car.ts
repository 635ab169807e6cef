/** A car at a plug: how much it takes, and when it has enough. */
export interface CarOptions {
  capacityWh?: number;
  /** state of charge when it is plugged in, in percent */
  socPercent?: number;
  /** it stops by itself here */
  targetSocPercent?: number;
  maxDcW?: number;
  maxAcW?: number;
  acPhases?: 1 | 2 | 3;
  /** from here on it takes less and less */
  taperFromPercent?: number;
}

export interface Car extends Required<CarOptions> {
  /** state of charge now */
  soc: number;
}

const USUAL: Required<CarOptions> = {
  capacityWh: 40_000, socPercent: 30, targetSocPercent: 100, maxDcW: 50_000, maxAcW: 7_400, acPhases: 1, taperFromPercent: 80,
};

/** What a full battery still takes of what an empty one does. */
const TRICKLE = { AC: 0.25, DC: 0.06 } as const;
/** An AC charger's loss is in the car, behind the meter; of DC less is lost. */
const EFFICIENCY = { AC: 0.9, DC: 0.96 } as const;
/** A DC charger talks, tests the insulation and matches its voltage before anything flows; then the current rises. */
const RAMP = { AC: { waitMs: 1_000, riseMs: 4_000 }, DC: { waitMs: 15_000, riseMs: 20_000 } } as const;
/** Less than 6 A can't be offered to a car on AC (IEC 61851). */
export const LEAST_AC_A = 6;

export type Supply = 'AC' | 'DC';

export function createCar(options: CarOptions = {}): Car {
  const car = { ...USUAL, ...options };
  return { ...car, soc: Math.min(car.socPercent, car.targetSocPercent) };
}

export const isFull = ({ soc, targetSocPercent }: Car): boolean => soc >= targetSocPercent - 1e-9;

/** What the car would take, in watts at the meter, `flowingMs` after it was let. */
export function demandW(car: Car, supply: Supply, flowingMs: number): number {
  if (isFull(car)) return 0;
  const most = supply === 'DC' ? car.maxDcW : car.maxAcW;
  const { waitMs, riseMs } = RAMP[supply];
  const ramp = Math.min(1, Math.max(0, (flowingMs - waitMs) / riseMs));
  const above = Math.max(0, car.soc - (supply === 'DC' ? car.taperFromPercent : Math.max(95, car.taperFromPercent)));
  const room = 100 - (supply === 'DC' ? car.taperFromPercent : Math.max(95, car.taperFromPercent));
  const taper = room <= 0 ? 1 : 1 - (1 - TRICKLE[supply]) * Math.min(1, above / room);
  return most * ramp * taper;
}

/** Takes energy of the meter in. @returns what of it the car took, in watt-hours: no more than there is room for */
export function take(car: Car, energyWh: number, supply: Supply): number {
  const roomWh = ((car.targetSocPercent - car.soc) / 100) * car.capacityWh / EFFICIENCY[supply];
  const takenWh = Math.min(energyWh, Math.max(0, roomWh));
  car.soc = takenWh >= roomWh ? car.targetSocPercent : car.soc + (takenWh * EFFICIENCY[supply] / car.capacityWh) * 100;
  return takenWh;
}

/** The voltage of a DC pack rises with its charge. */
export const packVoltageV = ({ soc }: Car): number => 340 + 0.7 * soc;
