import { openAws } from '../../scripts/demo/aws.mjs';

let opened;
/** One emulator for a whole suite: everybody is measured against the same. */
export const emulator = () => (opened ??= openAws());

export async function closeEmulator() {
  await (await opened)?.kill();
  opened = undefined;
}
