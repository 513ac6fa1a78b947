import { createRequire } from 'node:module';
import { join } from 'node:path';
import { WORKSPACE } from './paths.mjs';

/** A module of the workspace's own Nest: beside the benchmarks lies an older one, which a peer brings along. */
export const fromWorkspace = createRequire(join(WORKSPACE, 'package.json'));

export const { NestFactory } = fromWorkspace('@nestjs/core');
