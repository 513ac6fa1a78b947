import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipFile } from './zip-file.js';

describe('zipFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lc-zip-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('makes an archive that Python tests, and unpacks to the same text', () => {
    const text = `exports.handler = 'größer';\n`.repeat(1_000);
    const archive = join(folder, 'function.zip');
    writeFileSync(archive, zipFile('index.js', text));
    const code =
      'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])';
    execFileSync(process.platform === 'win32' ? 'python' : 'python3', ['-c', code, archive, folder]);
    expect(readFileSync(join(folder, 'index.js'), 'utf8')).toBe(text);
  });

  it('gives the same bytes for the same text, whenever it is made', () => {
    expect(Buffer.from(zipFile('index.js', 'a')).toString('base64')).toBe(
      'UEsDBBQAAAgAAAAAIQBDvrfoAQAAAAEAAAAIAAAAaW5kZXguanNhUEsBAhQDFAAACAAAAAAhAEO+t+gBAAAAAQAAAAgAAAAAAAAAAAAAAKSBAAAAAGluZGV4LmpzUEsFBgAAAAABAAEANgAAACcAAAAAAA==',
    );
  });
});
