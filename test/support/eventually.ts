/** Generous: nothing waits for this long when all is well. */
const DEADLINE_MS = 45_000;
const LOOK_EVERY_MS = 25;

/** Looks until the condition holds; for what another process does. */
export async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come true');
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
