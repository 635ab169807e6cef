/** The nested classes of an OCPI 2.2.1 Location, leniently read: unknown fields are left alone, wrong values are left out. */
import { ENERGY_SOURCES, ENVIRONMENTAL_IMPACTS, IMAGE_CATEGORIES } from '../enums.ts';
import type { BusinessDetails, Coordinates, DisplayText, EnergyMix, ExceptionalPeriod, Image, OpeningTimes } from '../location.ts';
import { alwaysOpen, openingTimesOf, parseClock, type Span } from './opening-hours.ts';
import { warn } from './record.ts';
import { asBoolean, asList, asNumber, asObject, asObjects, asPositive, asText, asUrl, cleanText, NAME_LENGTH_MAX, oneOf } from './values.ts';

export function readTexts(value: unknown): DisplayText[] {
  return asObjects(value).flatMap((item) => {
    const text = asText(item['text']);
    return text === undefined ? [] : [{ language: asText(item['language']) ?? 'en', text }];
  });
}

export function readStrings(value: unknown): string[] {
  return asList(value).map(asText).filter((item) => item !== undefined);
}

/** OCPI writes coordinates as strings; numbers are taken too. Missing stays undefined, unreadable becomes NaN. */
export function readCoordinates(value: unknown): Partial<Coordinates> {
  const object = asObject(value);
  return { latitude: asNumber(object?.['latitude']), longitude: asNumber(object?.['longitude']) };
}

function readImage(value: unknown): Image | undefined {
  const object = asObject(value);
  const url = asUrl(object?.['url']);
  if (object === undefined || url === undefined) return undefined;
  return {
    url,
    thumbnail: asUrl(object['thumbnail']),
    category: oneOf(IMAGE_CATEGORIES, object['category']) ?? 'OTHER',
    type: asText(object['type'])?.slice(0, 16) ?? 'jpeg',
    width: asPixels(object['width']),
    height: asPixels(object['height']),
  };
}

export function readImages(value: unknown): Image[] {
  return asList(value).map(readImage).filter((image) => image !== undefined).slice(0, 100);
}

function asPixels(value: unknown): number | undefined {
  const pixels = asPositive(value);
  return pixels !== undefined && pixels < 100_000 ? Math.round(pixels) : undefined;
}

export function readBusiness(value: unknown): BusinessDetails | undefined {
  const object = asObject(value);
  const name = asText(object?.['name']);
  return name === undefined ? undefined : { name, website: asUrl(object?.['website']), logo: readImage(object?.['logo']) };
}

export function readEnergyMix(value: unknown, warnings: string[]): EnergyMix | undefined {
  const object = asObject(value);
  if (object === undefined) return undefined;
  return {
    isGreenEnergy: asBoolean(object['is_green_energy']) ?? false,
    energySources: optional(asObjects(object['energy_sources']).flatMap((item) => {
      const source = oneOf(ENERGY_SOURCES, item['source']);
      const percentage = asNumber(item['percentage']);
      return source !== undefined && percentage !== undefined && percentage >= 0 && percentage <= 100 ? [{ source, percentage }] : [];
    })),
    environImpact: optional(asObjects(object['environ_impact']).flatMap((item) => {
      const category = oneOf(ENVIRONMENTAL_IMPACTS, item['category']);
      const amount = asNumber(item['amount']);
      return category !== undefined && amount !== undefined && Number.isFinite(amount) ? [{ category, amount }] : [];
    })),
    supplierName: cleanText(asText(object['supplier_name']), NAME_LENGTH_MAX, 'supplier name', warnings),
    energyProductName: cleanText(asText(object['energy_product_name']), NAME_LENGTH_MAX, 'energy product name', warnings),
  };
}

function optional<T>(items: T[]): T[] | undefined {
  return items.length === 0 ? undefined : items;
}

/** OCPI Hours. Without any usable hours the location counts as always open, as it does in OCPI when it tells none. */
export function readOpeningTimes(value: unknown, warnings: string[]): OpeningTimes | undefined {
  const object = asObject(value);
  if (object === undefined) return undefined;
  const exceptionalOpenings = readPeriods(object['exceptional_openings'], warnings);
  const exceptionalClosings = readPeriods(object['exceptional_closings'], warnings);
  const told = asBoolean(object['twentyfourseven']) ?? false;
  const regular = told ? undefined : openingTimesOf(readWeek(object['regular_hours'], warnings));
  if (regular !== undefined) return { ...regular, exceptionalOpenings, exceptionalClosings };
  const twentyFourSeven = told || exceptionalOpenings.length === 0;
  if (twentyFourSeven && !told) warn(warnings, 'opening_hours_unknown', 'no regular_hours; taken as always open');
  return { ...alwaysOpen(), twentyFourSeven, exceptionalOpenings, exceptionalClosings };
}

/** The spans of each weekday, Monday first. */
function readWeek(value: unknown, warnings: string[]): Span[][] {
  const week: Span[][] = [[], [], [], [], [], [], []];
  for (const item of asObjects(value)) {
    const spans = week[(asNumber(item['weekday']) ?? 0) - 1];
    const [from, to] = [parseClock(item['period_begin']), parseClock(item['period_end'])];
    if (spans !== undefined && from !== undefined && to !== undefined) spans.push([from, to]);
    else warn(warnings, 'opening_hours_unknown', 'a period of regular_hours is not valid');
  }
  return week;
}

function readPeriods(value: unknown, warnings: string[]): ExceptionalPeriod[] {
  return asObjects(value).flatMap((item) => {
    const [periodBegin, periodEnd] = [readInstant(item['period_begin']), readInstant(item['period_end'])];
    if (periodBegin !== undefined && periodEnd !== undefined && periodBegin < periodEnd) return [{ periodBegin, periodEnd }];
    warn(warnings, 'opening_hours_unknown', 'an exceptional period is not valid');
    return [];
  });
}

/** Instants of OCPI are UTC, with or without the Z. */
function readInstant(value: unknown): number | undefined {
  const text = asText(value);
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return undefined;
  const instant = Date.parse(/(z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(instant) ? undefined : instant;
}
