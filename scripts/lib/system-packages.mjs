import { withLock } from './lock.mjs';
import { findPrograms } from './programs.mjs';
import { step } from './progress.mjs';
import { dataPath } from './project.mjs';
import { runQuietly } from './run-quietly.mjs';

/** Can we install Debian or Ubuntu packages here? */
export function canInstallSystemPackages() {
  return process.getuid?.() === 0 && findPrograms(['apt-get']).length > 0;
}

/**
 * Runs under sh rather than here, so that even a killed start takes back what it changed: for the time of
 * the installation, policy-rc.d (if there is none) keeps packages from starting system-wide services. The
 * package lists are brought up to date only when the installation does not work with the present ones.
 */
const INSTALL = `
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ] || grep -q 'placed by tindera' "$policy"; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM HUP
    printf '#!/bin/sh\\n# placed by tindera for the time of one installation\\nexit 101\\n' > "$policy"
    chmod 755 "$policy"
fi
install() {
    apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
}
dpkg --configure -a
install "$@" && exit 0
echo 'Trying again with fresh package lists.'
apt-get update && install "$@"
`;

/** Installs the packages unless `isThere()` by the time it is our turn. */
export async function installSystemPackages({ title, hint, packages, isThere, signal }) {
  await withLock(
    dataPath('install.lock'),
    async () => {
      if (isThere()) return;
      await step(title, hint, () =>
        runQuietly({
          what: `Installing ${packages.join(' and ')} (apt-get)`,
          command: '/bin/sh',
          args: ['-c', INSTALL, 'install', ...packages],
          env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' },
          log: dataPath('apt-get.log'),
          signal,
          mayInterrupt: false,
        }),
      );
    },
    signal,
  );
}
