import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where servers and browsers live although the PATH of a normal account does not say so. */
const USUAL_FOLDERS = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/libexec',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/local/mysql/bin',
  '/usr/local/mariadb/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/sbin',
];
/** Homebrew keeps versioned servers outside its bin folder: opt/mariadb@11.4/bin. */
const HOMEBREW_OPT_FOLDERS = ['/opt/homebrew/opt', '/usr/local/opt'];

/** Every place where one of the programs is, in the order of the names. */
export function findPrograms(names) {
  const folders = searchedFolders();
  return names.flatMap((name) => folders.map((folder) => join(folder, name)).filter(isProgram));
}

function searchedFolders() {
  const fromPath = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...new Set([...fromPath, ...USUAL_FOLDERS, ...homebrewServers()])];
}

function homebrewServers() {
  return HOMEBREW_OPT_FOLDERS.flatMap((folder) => {
    try {
      const names = readdirSync(folder).filter((name) => /^(mariadb|mysql)/.test(name));
      return names.map((name) => join(folder, name, 'bin'));
    } catch {
      return [];
    }
  });
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
