/** `KA-01 AB 1234` as `KA01AB1234`, so that it is the same however it is written. */
export function plainPlate(text: string): string {
  return text.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
