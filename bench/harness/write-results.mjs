import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESULTS, WORKSPACE } from './paths.mjs';
import { renderSuite } from './report.mjs';

const PAGE = join(WORKSPACE, 'docs', 'benchmarks.md');

/** Writes `results/<suite>.json` and `.md`, and the same tables into the page of the documentation, where that has a place for them. */
export function writeResults(report) {
  const text = renderSuite(report);
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `${report.suite}.json`), `${JSON.stringify(report, undefined, 2)}\n`);
  writeFileSync(join(RESULTS, `${report.suite}.md`), text);
  const [begin, end] = [`<!-- results:${report.suite} -->\n`, '<!-- results:end -->'];
  const page = readFileSync(PAGE, 'utf8');
  const from = page.indexOf(begin) + begin.length;
  const to = page.indexOf(end, from);
  if (from < begin.length || to < 0) return;
  const nested = text.replaceAll(/^(#+ )/gm, '#$1');
  writeFileSync(PAGE, `${page.slice(0, from)}\n${nested}\n${page.slice(to)}`);
}
