export { type AwsAccess, AwsEmulator } from './aws-emulator.js';
export { describeOnAws, describeOnDynamoDbLocal, describeOnEmulator } from './describe-on-aws.js';
