import { Problem } from './problem.mjs';

/** The first Node release with everything the product uses. */
const OLDEST_NODE = [20, 10];

export function checkNodeVersion(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  const isNewEnough =
    major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (isNewEnough) return;
  throw new Problem(
    `Tindera needs Node ${OLDEST_NODE.join('.')} or newer, and this is Node ${version}: install Node 20 or later (https://nodejs.org).`,
  );
}
