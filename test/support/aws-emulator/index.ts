export { type AwsAccess, AwsEmulator } from './aws-emulator.js';
export { describeOnAws, describeOnEmulator } from './describe-on-aws.js';
