import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH } from '../../harness/paths.mjs';

/** Runs the scenarios of one peer in this process and prints what was seen; true when all were defective. */
export async function runHere({ specifier, library }, defects) {
  const { version } = JSON.parse(readFileSync(join(BENCH, 'node_modules', specifier, 'package.json'), 'utf8'));
  const peer = await load(specifier);
  console.log(`\n${library} ${version}, Node ${process.versions.node}`);
  let shown = 0;
  for (const defect of defects) {
    const { defective, seen } = await outcomeOf(defect, peer, specifier);
    shown += defective ? 1 : 0;
    console.log(
      `  ${defective ? 'seen    ' : 'NOT SEEN'} ${defect.id.padEnd(20)} ${defect.title}\n${' '.repeat(32)}${seen}`,
    );
  }
  console.log(`  ${shown} of ${defects.length} seen`);
  return shown === defects.length;
}

async function outcomeOf(defect, peer, specifier) {
  try {
    return await defect.run(peer, { specifier });
  } catch (error) {
    return { defective: false, seen: `the scenario itself failed: ${error.stack}` };
  }
}

async function load(specifier) {
  if (specifier === 'nestjs-resilience') {
    // It writes a line to the console for each call.
    const { Logger } = await import('@nestjs/common');
    Logger.overrideLogger(false);
  }
  const namespace = await import(specifier);
  return typeof namespace.default === 'function' ? namespace.default : { ...namespace.default, ...namespace };
}

/** The same program in a process of its own: on this Node, or through npx on the one named. */
export function runInProcess(program, { specifier }, node) {
  const args = [program, '--peer', specifier];
  const [command, before] = node ? ['npx', ['--yes', '-p', `node@${node}`, 'node']] : [process.execPath, []];
  const { status, error } = spawnSync(command, [...before, ...args], {
    cwd: BENCH,
    stdio: 'inherit',
    shell: Boolean(node) && process.platform === 'win32',
  });
  if (error) throw error;
  return status === 0;
}
