import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { openAwsProvisioning } from '../aws/index.js';
import {
  cloudFormationOf,
  desiredResources,
  documentationOf,
  findProblems,
  Provisioner,
  readConfig,
  resultFiles,
  type DesiredResource,
  type ProvisioningConfig,
  type ResourceChange,
  type ResourceKind,
} from '../provisioning/index.js';
import { UsageError, type CommandLine } from './command-line.js';
import type { Output } from './output.js';

const DEFAULT_CONFIG = 'loose-coupling-config.json';

/** Kinds that a subcommand is about, and what these need to be there. */
const KINDS: Readonly<Record<string, readonly ResourceKind[]>> = {
  queues: ['queue'],
  topics: ['queue', 'topic', 'subscription'],
  events: ['queue', 'bus', 'rule'],
  'circuit-breaker': ['table', 'role', 'function'],
};
const OTHERS = ['implement', 'plan', 'doctor', 'docs', 'export', 'destroy'];

export const PROVISIONING_COMMANDS: readonly string[] = [...OTHERS, ...Object.keys(KINDS)];

/** `queues` of a broker file is the other command of that name. */
export const isProvisioningCommand = ({ command, file }: CommandLine): boolean =>
  command !== undefined && (OTHERS.includes(command) || (Object.hasOwn(KINDS, command) && file === undefined));

interface Job {
  readonly line: CommandLine;
  readonly config: ProvisioningConfig;
  readonly resources: readonly DesiredResource[];
  readonly provisioner: Provisioner;
  readonly output: Output;
  /** Where results go. */
  readonly folder: string;
}

/** Runs one of the commands that are about a file; false when `doctor` found something. */
export async function provision(line: CommandLine, output: Output): Promise<boolean> {
  const file = resolve(line.config ?? DEFAULT_CONFIG);
  const config = await read(file, line.command === 'queues');
  const kinds = KINDS[line.command ?? ''];
  const resources = desiredResources(config).filter(({ kind }) => kinds?.includes(kind) ?? true);
  if (line.command === 'export') {
    output.out(`${JSON.stringify(cloudFormationOf(resources), null, 2)}\n`);
    return true;
  }
  const { project_name: Project, deployment_stage: Stage, aws_region: region, tags } = config;
  const connection = { region: line.region ?? region, ...(line.endpoint !== undefined && { endpoint: line.endpoint }) };
  const aws = openAwsProvisioning(connection, { ...tags, Project, Stage });
  const provisioner = new Provisioner(aws.drivers, (step, number, of) => output.error(`[${number}/${of}] ${step}\n`));
  try {
    const folder = resolve(line.results ?? join(dirname(file), 'results'));
    return await runOne({ line, config, resources, provisioner, output, folder });
  } finally {
    aws.close();
  }
}

async function read(file: string, mayMeanBroker: boolean): Promise<ProvisioningConfig> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const broker = mayMeanBroker ? '--file: needed for the queues of a broker; for those on AWS, ' : '';
    throw new UsageError(
      `${broker}--config: ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return readConfig(text, file);
}

async function runOne(job: Job): Promise<boolean> {
  const { line, config, resources, provisioner } = job;
  switch (line.command) {
    case 'plan':
      report(job, await provisioner.plan(resources));
      return true;
    case 'doctor':
      return diagnose(job, await provisioner.plan(resources));
    case 'destroy':
      report(job, await provisioner.destroy(resources));
      return true;
    case 'docs':
      await write(job, await provisioner.plan(resources));
      return true;
    default: {
      const changes = await provisioner.implement(resources);
      await write(job, line.command === 'implement' ? changes : await provisioner.plan(desiredResources(config)));
      report(job, changes);
      return true;
    }
  }
}

function report({ line, output }: Job, changes: readonly ResourceChange[]): void {
  if (line.json) {
    const shown = changes.map(({ action, resource, differences, arn }) => {
      const { kind, name } = resource;
      return { action, kind, name, ...(differences.length > 0 && { differences }), ...(arn !== undefined && { arn }) };
    });
    output.out(`${JSON.stringify(shown, null, 2)}\n`);
    return;
  }
  for (const { action, resource, differences } of changes) {
    if (action === 'none') continue;
    output.out(`${action} ${resource.kind} ${resource.name}\n`);
    for (const { property, from = 'not set', to = 'known when it is made' } of differences) {
      output.out(`  ${property}: ${from} -> ${to}\n`);
    }
  }
  const count = changes.filter(({ action }) => action !== 'none').length;
  output.out(`${count} of ${changes.length} ${line.command === 'plan' ? 'would change' : 'changed'}\n`);
}

function diagnose({ line, config, output }: Job, plan: readonly ResourceChange[]): boolean {
  const problems = findProblems(config, plan);
  if (line.json) output.out(`${JSON.stringify(problems, null, 2)}\n`);
  else {
    for (const { code, resource, says } of problems) output.out(`${code}: ${resource}: ${says}\n`);
    output.out(problems.length === 0 ? 'Nothing is wrong.\n' : `${problems.length} found\n`);
  }
  return problems.length === 0;
}

async function write({ config, folder, output }: Job, changes: readonly ResourceChange[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const page = documentationOf(config, changes, new Date());
  const files = { ...resultFiles(changes), 'loose_coupling_documentation.md': page };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  output.error(`Results are in ${folder}\n`);
}
