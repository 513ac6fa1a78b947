import { createRequire } from 'node:module';
import { openAws } from '../../scripts/demo/aws.mjs';

const require = createRequire(import.meta.url);

let opened;
/** One emulator for a whole suite: everybody is measured against the same. */
export const emulator = () => (opened ??= openAws());

let local;
/** AWS's own DynamoDB Local, for a whole suite; undefined where there is no Java to run it. */
export const dynamoDbLocal = () => (local ??= openDynamoDbLocal());

async function openDynamoDbLocal() {
  require('../../test/support/run-typescript.cjs');
  const { AwsEmulator } = require('../../test/support/aws-emulator/aws-emulator.ts');
  const { findDynamoDbLocal } = require('../../test/support/aws-emulator/dynamodb-local.ts');
  const command = findDynamoDbLocal();
  if (!command.missing) return AwsEmulator.start(command);
  console.log(`SKIPPED: no DynamoDB Local: ${command.missing}`);
  return undefined;
}

export async function closeEmulator() {
  await (await opened)?.kill();
  await (await local)?.kill();
  opened = undefined;
  local = undefined;
}
