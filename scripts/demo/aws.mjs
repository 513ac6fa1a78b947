// An AWS for the demo: the endpoint of AWS_ENDPOINT_URL, or an emulator on this machine for as long as the demo runs.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Resolves to `{ endpoint, environment, kill }`; `environment` is for the services. */
export async function openAws() {
  require('../../test/support/run-typescript.cjs');
  const { accessTo, AwsEmulator } = require('../../test/support/aws-emulator/aws-emulator.ts');
  const { findCommand } = require('../../test/support/aws-emulator/emulator-command.ts');
  const { MINISTACK } = require('../../test/support/aws-emulator/emulator-kinds.ts');
  const given = process.env.AWS_ENDPOINT_URL;
  if (given) return { ...described(accessTo(given)), kill: async () => undefined };
  const command = findCommand(MINISTACK);
  if (command.missing) throw new Error(`No AWS to run against: ${command.missing}. Set AWS_ENDPOINT_URL.`);
  const emulator = await AwsEmulator.start(command);
  return { ...described(emulator), kill: () => emulator.kill() };
}

const described = ({ endpoint, region, credentials }) => ({
  endpoint,
  access: { endpoint, region, credentials },
  environment: {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  },
});
