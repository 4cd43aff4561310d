import { examine } from '../../src/doctor/examine';

/** Nobody sends anything in these tests, and their clocks stand elsewhere. */
const ABOUT_SENDING = new Set(['G-1', 'G-8']);

/** What the doctor finds wrong with a database: the names of the checks, and their rows. */
export async function doctorFindings(url: string): Promise<unknown[]> {
  const { checks } = await examine(url);
  return checks
    .filter(({ id }) => !ABOUT_SENDING.has(id))
    .filter(({ outcome }) => outcome === 'wrong' || outcome === 'unchecked')
    .map(({ name, rows, problem }) => ({ name, rows, problem }));
}
