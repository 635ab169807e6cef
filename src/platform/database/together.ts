/**
 * What is read side by side in one transaction, so that the statements go to the server together. Waits for all of it, also where something fails: what still runs
 * would go on in a transaction that is over. Throws what failed first in the order of the list.
 */
export async function together<const T extends readonly unknown[]>(work: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
