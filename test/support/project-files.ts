import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

const NOT_OURS = new Set([
  'node_modules',
  'dist',
  'coverage',
  'reports',
  '.stryker-tmp',
  '.venv',
  '.git',
  '.loose-coupling',
]);

/** Files under folders of the repository that are kept there, relative to its root, with forward slashes, sorted. */
export function projectFiles(folders: readonly string[], isWanted: (path: string) => boolean): string[] {
  const walk = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry: Dirent) => {
      if (NOT_OURS.has(entry.name)) return [];
      const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return walk(path);
      return entry.isFile() && isWanted(path) ? [path] : [];
    });
  return folders.flatMap(walk).sort();
}
