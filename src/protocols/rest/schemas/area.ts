/** Areas as callers draw them. GeoJSON positions are [longitude, latitude]. */
import Type, { type Static } from 'typebox';
import type { Area } from '../../../domain/geography/index.ts';
import { Strict } from './common.ts';

export const Latitude = Type.Number({ minimum: -90, maximum: 90 });
export const Longitude = Type.Number({ minimum: -180, maximum: 180 });
export const Radius = Type.Number({ exclusiveMinimum: 0, maximum: 500_000, description: 'm' });

const position = Type.Array(Type.Number({ minimum: -360, maximum: 360 }), { minItems: 2, maxItems: 3 });
const CircleIn = Strict({ type: Type.Literal('circle'), latitude: Latitude, longitude: Longitude, radius: Radius });
const PolygonIn = Strict({
  type: Type.Literal('polygon'),
  polygon: Strict({ type: Type.Literal('Polygon'), coordinates: Type.Array(Type.Array(position, { maxItems: 20_000 }), { maxItems: 100 }) }),
});
const CorridorIn = Strict({
  type: Type.Literal('corridor'), line: Strict({ type: Type.Literal('LineString'), coordinates: Type.Array(position, { maxItems: 20_000 }) }),
  width: Type.Number({ exclusiveMinimum: 0, maximum: 100_000, description: 'm to each side' }),
});
/** One of three by its `type`, so that what is wrong is told of that one only. */
export const AreaIn = Type.Unsafe<Static<typeof CircleIn> | Static<typeof PolygonIn> | Static<typeof CorridorIn>>({
  type: 'object', required: ['type'], discriminator: { propertyName: 'type' }, oneOf: [CircleIn, PolygonIn, CorridorIn],
  description: 'GeoJSON positions are [longitude, latitude]',
});

export function decodeArea(area: Static<typeof AreaIn>): Area {
  if (area.type === 'circle') return { type: 'circle', latitude: area.latitude, longitude: area.longitude, radiusM: area.radius };
  return area.type === 'corridor' ? { type: 'corridor', line: area.line, widthM: area.width } : area;
}

export function encodeArea(area: Area): object {
  if (area.type === 'circle') return { type: 'circle', latitude: area.latitude, longitude: area.longitude, radius: area.radiusM };
  return area.type === 'corridor' ? { type: 'corridor', line: area.line, width: area.widthM } : area;
}
