import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles, ROOT } from '../support/project-files.js';

/** Folders that exist on one machine only; assembled, so that this file does not name them itself. */
const ELSEWHERE = [['', 'work', ''].join('/'), ['', 'tmp', 'brief'].join('/'), ['', 'home', ''].join('/')];
const TEXT = /\.([cm]?[jt]s|json|jsonl|md|ya?ml|txt|sh)$|(^|\/)(\.[a-z]+rc|run|LICENSE|Dockerfile)$/;

describe('the text of the project', () => {
  it('names no folder of the machine it was written on', () => {
    const files = projectFiles(['.'], (path) => TEXT.test(path));
    expect(files).toContain('README.md');
    const found = files.flatMap((path) => {
      const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
      return lines.flatMap((line, index) =>
        ELSEWHERE.some((folder) => new RegExp(`(^|[^\\w.)])${folder}`).test(line)) ? [`${path}:${index + 1}`] : [],
      );
    });
    expect(found).toEqual([]);
  });
});
